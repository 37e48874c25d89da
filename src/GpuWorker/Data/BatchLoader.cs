using System.Collections.Concurrent;
using System.Runtime.ExceptionServices;
using Sweep.Shared;

namespace Sweep.GpuWorker.Data;

/// <summary>Prepares batches on a thread of its own, one ahead of the one in use, in two buffers that are used again and again.</summary>
public sealed class BatchLoader
{
    private readonly ImageSet _images;
    private readonly int[] _indices;
    private readonly ImageWriter _writer;
    private readonly Batch[] _buffers;

    /// <param name="indices">The images to go through.</param>
    public BatchLoader(ImageSet images, int[] indices, int batchSize, Normalization normalization)
    {
        _images = images;
        _indices = indices;
        _writer = new ImageWriter(images.Shape, normalization);
        Plan = new BatchPlan(indices.Length, batchSize);
        _buffers = [new Batch(Plan.LargestBatch, images.Shape.Pixels), new Batch(Plan.LargestBatch, images.Shape.Pixels)];
    }

    public BatchPlan Plan { get; }

    /// <summary>All images as they are, in their order. A batch is valid until the next one is asked for.</summary>
    public IEnumerable<Batch> InOrder() => Prefetched(batch => Fill(batch, _indices, augmentation: null, seed: 0, epoch: 0));

    /// <summary>All images in the epoch's own random order, augmented. A batch is valid until the next one is asked for.</summary>
    /// <param name="seed">The trial's: with the epoch it addresses every draw.</param>
    /// <param name="from">The first batch wanted; those before it are skipped.</param>
    public IEnumerable<Batch> Shuffled(long seed, int epoch, AugmentationSettings augmentation, int from = 0)
    {
        var order = Order(_indices, seed, epoch);
        return Prefetched(batch => Fill(batch, order, augmentation.Enabled ? augmentation : null, seed, epoch), from);
    }

    /// <summary>The epoch's own random order of <paramref name="indices"/>.</summary>
    internal static int[] Order(int[] indices, long seed, int epoch)
    {
        var order = (int[])indices.Clone();
        new CounterRandom(seed, RandomStream.Shuffling, epoch).Shuffle(order.AsSpan());
        return order;
    }

    private void Fill(Batch batch, int[] order, AugmentationSettings? augmentation, long seed, int epoch)
    {
        var start = Plan.Start(batch.Number);
        batch.Count = Plan.Length(batch.Number);
        for (var item = 0; item < batch.Count; item++)
        {
            var image = order[start + item];
            var output = batch.Pixels.AsSpan(item * _images.Shape.Pixels, _images.Shape.Pixels);
            batch.Labels[item] = _images.Labels[image];
            if (augmentation is null) _writer.Write(_images[image], output);
            else
                _writer.Write(
                    _images[image], output,
                    AugmentationDraw.At(augmentation, _images.Shape, seed, epoch, start + item), augmentation.Cutout);
        }
    }

    /// <summary>Two buffers go round: the free ones to the thread, the full ones to the caller. Leaving the loop early ends the thread.</summary>
    private IEnumerable<Batch> Prefetched(Action<Batch> fill, int from = 0)
    {
        using var free = new BlockingCollection<Batch>();
        using var full = new BlockingCollection<Batch>();
        ExceptionDispatchInfo? failure = null;
        var thread = new Thread(() =>
        {
            try
            {
                for (var number = from; number < Plan.Count; number++)
                {
                    if (!free.TryTake(out var batch, Timeout.Infinite)) return;
                    batch.Number = number;
                    fill(batch);
                    full.Add(batch);
                }
            }
            catch (Exception thrown)
            {
                failure = ExceptionDispatchInfo.Capture(thrown);
            }
            finally
            {
                full.CompleteAdding();
            }
        })
        { IsBackground = true, Name = "batches" };
        foreach (var buffer in _buffers) free.Add(buffer);
        thread.Start();
        try
        {
            foreach (var batch in full.GetConsumingEnumerable())
            {
                yield return batch;
                free.Add(batch);
            }
            failure?.Throw();
        }
        finally
        {
            free.CompleteAdding();
            while (free.TryTake(out _)) { }
            thread.Join();
        }
    }
}

/// <summary>A buffer of images, ready for the network.</summary>
/// <param name="images">How many fit.</param>
public sealed class Batch(int images, int pixelsPerImage)
{
    /// <summary>Images × height × width × channels: channels last. Only the first <see cref="Count"/> images count. Pinned.</summary>
    public float[] Pixels { get; } = GC.AllocateUninitializedArray<float>(images * pixelsPerImage, pinned: true);

    public long[] Labels { get; } = GC.AllocateUninitializedArray<long>(images, pinned: true);

    /// <summary>Of the epoch's batches, from 0.</summary>
    public int Number { get; internal set; }

    public int Count { get; internal set; }
}
