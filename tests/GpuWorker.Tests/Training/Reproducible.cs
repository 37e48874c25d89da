using Sweep.Shared;

namespace Sweep.GpuWorker.Tests.Training;

internal static class Reproducible
{
    /// <summary>What equal seeds repeat: a report without what the training cost.</summary>
    public static EpochReport Part(EpochReport report) => report with { Seconds = 0, ImagesPerSecond = 0, PeakMemoryBytes = null };
}
