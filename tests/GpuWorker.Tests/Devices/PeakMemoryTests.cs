using Sweep.GpuWorker.Devices;

namespace Sweep.GpuWorker.Tests.Devices;

public sealed class PeakMemoryTests
{
    [Fact]
    public void It_is_read_in_bytes() => Assert.Equal(2048 * 1024, PeakMemory.Parse(["Name:\tdotnet", "VmHWM:\t    2048 kB", "VmRSS:\t    1024 kB"]));

    [Fact]
    public void A_system_that_does_not_say_gives_none() => Assert.Null(PeakMemory.Parse(["Name:\tdotnet"]));
}
