using Sweep.Shared.Datasets;

namespace Sweep.GpuWorker.Data;

/// <summary>The data set that travels inside the program (its origin and licence: <c>digits/ORIGIN.md</c>).</summary>
public static class DigitsDataset
{
    private static readonly DatasetFacts Facts = DatasetFacts.Of(DatasetName.Digits);

    public static Dataset Read() => new(Facts, ReadPart("train", Facts.TrainImages), ReadPart("t10k", Facts.TestImages));

    private static ImageSet ReadPart(string part, int count)
    {
        var (imagesName, labelsName) = ($"{part}-images-idx3-ubyte.gz", $"{part}-labels-idx1-ubyte.gz");
        using var images = Resource(imagesName);
        using var labels = Resource(labelsName);
        return IdxFile.Read(images, imagesName, labels, labelsName, Facts.Image, Facts.Classes, count);
    }

    private static Stream Resource(string name) =>
        typeof(DigitsDataset).Assembly.GetManifestResourceStream($"digits/{name}")
        ?? throw new InvalidOperationException($"the program was built without its resource digits/{name}");
}
