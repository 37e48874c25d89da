using System.Collections.Concurrent;

namespace Sweep.Coordinator.Histories;

/// <summary>What takes time to read and time to take in: both at once.</summary>
public static class ReadAhead
{
    private const int InOnePiece = 512, PiecesAhead = 8;

    /// <summary>The same items in the same order, read by another thread while those before them are taken in. What reading throws, this throws.</summary>
    public static IEnumerable<T> WhileTakenIn<T>(this IEnumerable<T> items)
    {
        using var ahead = new BlockingCollection<T[]>(PiecesAhead);
        using var left = new CancellationTokenSource();
        var reading = Task.Run(() => Read(items, ahead, left.Token));
        try
        {
            foreach (var piece in ahead.GetConsumingEnumerable())
                foreach (var item in piece) yield return item;
            reading.GetAwaiter().GetResult();
        }
        finally
        {
            left.Cancel();
            Task.WaitAny(reading);
        }
    }

    private static void Read<T>(IEnumerable<T> items, BlockingCollection<T[]> ahead, CancellationToken left)
    {
        try
        {
            foreach (var piece in items.Chunk(InOnePiece)) ahead.Add(piece, left);
        }
        catch (OperationCanceledException) when (left.IsCancellationRequested)
        {
            // Nobody wants the rest.
        }
        finally
        {
            ahead.CompleteAdding();
        }
    }
}
