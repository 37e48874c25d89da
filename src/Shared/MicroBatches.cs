using Sweep.Shared.Models;

namespace Sweep.Shared;

/// <summary>How a batch is cut so that less of it is in memory at a time.</summary>
public static class MicroBatches
{
    /// <summary>At most <paramref name="pieces"/> micro-batches of equal size but the last. None is smaller than <see cref="Least"/>, unless the batch is.</summary>
    /// <param name="images">In the batch; at least 1.</param>
    /// <param name="pieces">At least 1.</param>
    public static BatchPlan Cut(int images, int pieces, ModelFamily family) =>
        new(images, Math.Max((images - 1) / pieces + 1, Math.Min(images, Least(family))));

    /// <summary>So many pieces cut a batch as fine as can be; more change nothing.</summary>
    public static int Most(int images, ModelFamily family) => (images - 1) / Least(family) + 1;

    /// <summary>Images in the smallest micro-batch: batch norm cannot normalise one value, and the last maps may be of one pixel.</summary>
    private static int Least(ModelFamily family) => family == ModelFamily.Resnet ? 2 : 1;
}
