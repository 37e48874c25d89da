using Sweep.GpuWorker.Devices;

namespace Sweep.GpuWorker.Tests.Devices;

[Collection(Torch.Collection)]
public sealed class NativeTorchTests(Torch torch)
{
    [Fact]
    public void Libtorch_computes() => Assert.Equal(6, TorchSharp.torch.tensor([1f, 2f, 3f]).sum().item<float>());

    [Fact]
    public void TorchSharp_made_no_copy_of_libtorch() =>
        Assert.Empty(Directory.EnumerateFiles(AppContext.BaseDirectory, "libtorch_cpu.so", SearchOption.AllDirectories));

    [Fact]
    public void A_device_says_its_name_threads_and_memory()
    {
        var description = torch.Device.Describe();
        Assert.NotEmpty(description.Name);
        Assert.Equal(1, description.Threads);
        Assert.True(description.MemoryBytes > 0);
    }

    [Theory]
    [InlineData("NVIDIA A100-SXM4-40GB, 40960", "NVIDIA A100-SXM4-40GB", 40960L << 20)]
    [InlineData("No devices were found", null, 0)]
    [InlineData(null, null, 0)]
    public void The_driver_tool_s_answer_is_read(string? line, string? name, long bytes) =>
        Assert.Equal(name is null ? null : (name, bytes), NvidiaSmi.Parse(line));
}
