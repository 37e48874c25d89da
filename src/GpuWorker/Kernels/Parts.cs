using TorchSharp;

namespace Sweep.GpuWorker.Kernels;

/// <summary>
/// A pass over memory, cut into parts. Where the cuts lie depends on the size alone, so sums over parts have the same bits for any number of threads.
/// </summary>
/// <param name="Length">What is cut; at least 1.</param>
internal readonly record struct Parts(int Length)
{
    /// <summary>Enough for the cores that one worker has, few enough that starting them costs nothing.</summary>
    private const int Most = 32;

    public int Count => Math.Min(Length, Most);

    public int Start(int part) => (int)((long)Length * part / Count);

    /// <summary>Calls <paramref name="body"/> with each part, on as many threads as libtorch may use.</summary>
    public void ForEach(Action<int> body)
    {
        var threads = torch.get_num_threads();
        if (threads > 1 && Count > 1)
        {
            Parallel.For(0, Count, new ParallelOptions { MaxDegreeOfParallelism = threads }, body);
            return;
        }
        for (var part = 0; part < Count; part++) body(part);
    }
}
