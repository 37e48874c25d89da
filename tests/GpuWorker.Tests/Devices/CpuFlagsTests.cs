using Sweep.GpuWorker.Devices;

namespace Sweep.GpuWorker.Tests.Devices;

public sealed class CpuFlagsTests
{
    [Theory]
    [InlineData("flags\t\t: fpu avx512f avx512_bf16", true)]
    [InlineData("Features\t: fp asimd bf16 i8mm", true)]
    [InlineData("flags\t\t: fpu avx512f avx512_bf16x", false)]
    [InlineData("model name\t: bf16", false)]
    public void A_flag_is_found_where_the_kernel_lists_it(string line, bool expected) =>
        Assert.Equal(expected, CpuFlags.Contain(["processor\t: 0", line, "bugs\t\t:"], "avx512_bf16", "bf16"));
}
