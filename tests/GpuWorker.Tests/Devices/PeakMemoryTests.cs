using System.Runtime.InteropServices;
using Sweep.GpuWorker.Devices;

namespace Sweep.GpuWorker.Tests.Devices;

public sealed class PeakMemoryTests
{
    [Fact]
    public void It_is_read_in_bytes() => Assert.Equal(2048 * 1024, PeakMemory.Parse(["Name:\tdotnet", "VmHWM:\t    2048 kB", "VmRSS:\t    1024 kB"]));

    [Fact]
    public void What_was_held_before_a_reset_and_is_free_by_then_does_not_count()
    {
        const int Bytes = 512 << 20;
        Assert.SkipUnless(PeakMemory.Reset(), "the system does not measure");
        var before = PeakMemory.Bytes()!.Value;
        Touch(Bytes);
        Assert.True(PeakMemory.Bytes() > before + Bytes / 2);
        Assert.True(PeakMemory.Reset());
        Assert.True(PeakMemory.Bytes() < before + Bytes / 2);
    }

    private static unsafe void Touch(int bytes)
    {
        var memory = NativeMemory.Alloc((nuint)bytes);
        NativeMemory.Fill(memory, (nuint)bytes, 1);
        NativeMemory.Free(memory);
    }

    [Fact]
    public void A_system_that_does_not_say_gives_none() => Assert.Null(PeakMemory.Parse(["Name:\tdotnet"]));
}
