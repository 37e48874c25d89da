using Sweep.GpuWorker.Data;
using Sweep.Shared.Models;

namespace Sweep.GpuWorker.Training;

/// <summary>How a batch is cut so that less of it is in memory at a time.</summary>
internal static class MicroBatches
{
    /// <summary>At most <paramref name="pieces"/> micro-batches of equal size but the last. None is smaller than <see cref="Least"/>, unless the batch is.</summary>
    /// <param name="images">In the batch; at least 1.</param>
    /// <param name="pieces">At least 1.</param>
    public static BatchPlan Cut(int images, int pieces, ModelFamily family) =>
        new(images, Math.Max((images - 1) / pieces + 1, Math.Min(images, Least(family))));

    /// <summary>Images in the smallest micro-batch: batch norm cannot normalise one value, and the last maps may be of one pixel.</summary>
    public static int Least(ModelFamily family) => family == ModelFamily.Resnet ? 2 : 1;
}
