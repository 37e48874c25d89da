namespace Sweep.Shared;

/// <summary>
/// How an epoch's images fall into batches: all of the same size but the last, and no image is dropped.
/// A single image left over joins the batch before it: batch norm cannot normalise one value.
/// </summary>
/// <param name="Images">At least 1.</param>
/// <param name="BatchSize">At least 1.</param>
public sealed record BatchPlan(int Images, int BatchSize)
{
    /// <summary>Batches, and so optimiser steps, in an epoch.</summary>
    public int Count { get; } = Math.Max(1, Images / BatchSize + (Images % BatchSize > 1 ? 1 : 0));

    public int LargestBatch => Math.Max(Length(0), Length(Count - 1));

    public int Start(int batch) => batch * BatchSize;

    public int Length(int batch) => batch == Count - 1 ? Images - Start(batch) : BatchSize;
}
