using Sweep.GpuWorker.Devices;

namespace Sweep.GpuWorker.Tests.Devices;

public sealed class NvmlTests
{
    [Theory]
    [InlineData(null)]
    [InlineData("0")]
    [InlineData("GPU-8f2c0f4e-0000-0000-0000-000000000000,1")]
    public void Without_a_driver_there_is_no_GPU_to_read(string? visible)
    {
        Assert.SkipWhen(File.Exists("/dev/nvidiactl"), "this machine has NVIDIA's driver");
        Assert.Null(Nvml.Open(visible));
    }
}
