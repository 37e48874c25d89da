namespace Sweep.Shared.Datasets;

public enum DatasetName { Digits, Mnist, FashionMnist, Cifar10, Cifar100 }

/// <param name="Channels">1 for grey, 3 for red, green, blue.</param>
public sealed record ImageShape(int Channels, int Height, int Width)
{
    public int Pixels => Channels * Height * Width;

    public override string ToString() => $"{Channels}×{Height}×{Width}";
}

/// <summary>What both programs know of a data set without reading it.</summary>
/// <param name="TrainImages">Images of the official training part, before a validation split.</param>
public sealed record DatasetFacts(DatasetName Name, string FileName, ImageShape Image, int Classes, int TrainImages, int TestImages)
{
    /// <summary>Of all images, one byte a pixel: a worker keeps them whole, whatever the sweep's limits.</summary>
    public long Bytes => (long)(TrainImages + TestImages) * Image.Pixels;

    private static readonly DatasetFacts[] All =
    [
        new(DatasetName.Digits, "digits", new ImageShape(1, 8, 8), 10, 1_437, 360),
        new(DatasetName.Mnist, "mnist", new ImageShape(1, 28, 28), 10, 60_000, 10_000),
        new(DatasetName.FashionMnist, "fashion-mnist", new ImageShape(1, 28, 28), 10, 60_000, 10_000),
        new(DatasetName.Cifar10, "cifar10", new ImageShape(3, 32, 32), 10, 50_000, 10_000),
        new(DatasetName.Cifar100, "cifar100", new ImageShape(3, 32, 32), 100, 50_000, 10_000),
    ];

    /// <summary>The names that a sweep file may use.</summary>
    public static IEnumerable<string> FileNames => All.Select(facts => facts.FileName);

    public static DatasetFacts Of(DatasetName name) => All.Single(facts => facts.Name == name);

    /// <summary>The data set that a sweep file calls <paramref name="fileName"/>; null for an unknown one.</summary>
    public static DatasetFacts? ByFileName(string fileName) => All.SingleOrDefault(facts => facts.FileName == fileName);
}
