using Sweep.Shared;

namespace Sweep.GpuWorker.Data;

/// <summary>Which images train, validate and test: seeded, and in each part every class has its share.</summary>
/// <param name="Train">Indices into the training images, ascending.</param>
/// <param name="Validation">Indices into the training images, ascending, none of them in <paramref name="Train"/>.</param>
public sealed record StratifiedSplit(int[] Train, int[] Validation)
{
    /// <summary>Applies the limit, then takes the validation images out of what is left.</summary>
    /// <param name="labels">Of all training images.</param>
    /// <param name="limit">At most this many images, validation images included; null for all.</param>
    /// <param name="validationFraction">In [0, 1): of the images that the limit leaves; rounded, and at least one image where above 0.</param>
    public static StratifiedSplit Of(ReadOnlySpan<long> labels, int classes, double validationFraction, int? limit, long seed)
    {
        var all = Limit(labels, classes, limit, seed, RandomStream.TrainLimit);
        var count = DatasetSettings.ValidationImages(validationFraction, all.Length);
        var validation = Take(labels, all, classes, count, seed, RandomStream.Validation);
        return new StratifiedSplit([.. all.Except(validation)], validation);
    }

    /// <summary>The test images under <paramref name="limit"/>, ascending.</summary>
    public static int[] OfTest(ReadOnlySpan<long> labels, int classes, int? limit, long seed) =>
        Limit(labels, classes, limit, seed, RandomStream.TestLimit);

    private static int[] Limit(ReadOnlySpan<long> labels, int classes, int? limit, long seed, long stream)
    {
        var all = Enumerable.Range(0, labels.Length).ToArray();
        return limit < all.Length ? Take(labels, all, classes, limit.Value, seed, stream) : all;
    }

    /// <summary>
    /// <paramref name="count"/> of the indices. Each class gives count·(its size)/(all), rounded down; what is then missing comes from
    /// the classes with the largest remainders (Hamilton's method), ties to the lower class. In integers, so that no machine rounds otherwise.
    /// </summary>
    private static int[] Take(ReadOnlySpan<long> labels, int[] indices, int classes, int count, long seed, long stream)
    {
        var members = new List<int>[classes];
        for (var c = 0; c < classes; c++) members[c] = [];
        foreach (var index in indices) members[labels[index]].Add(index);
        var shares = members.Select(class_ => Math.DivRem((long)count * class_.Count, indices.Length)).ToArray();
        var missing = count - (int)shares.Sum(share => share.Quotient);
        var favoured = Enumerable.Range(0, classes).OrderByDescending(c => shares[c].Remainder).ThenBy(c => c).Take(missing).ToHashSet();
        var taken = new List<int>(count);
        for (var c = 0; c < classes; c++)
        {
            var order = members[c].ToArray();
            new CounterRandom(seed, stream, c).Shuffle(order.AsSpan());
            taken.AddRange(order.AsSpan(0, (int)shares[c].Quotient + (favoured.Contains(c) ? 1 : 0)));
        }
        taken.Sort();
        return [.. taken];
    }
}
