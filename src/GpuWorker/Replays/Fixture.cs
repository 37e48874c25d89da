using System.Runtime.InteropServices;
using System.Text.Json;
using System.Text.Json.Serialization;
using Sweep.GpuWorker.Formats;
using Sweep.Shared.Datasets;

namespace Sweep.GpuWorker.Replays;

/// <summary>What <c>reference.json</c> says of a recorded training; losses and notes in it are for whoever compares.</summary>
/// <param name="Batch">Images in each step.</param>
/// <param name="ImageShape">Channels, height, width.</param>
/// <param name="WeightDecay">On every parameter, batch norm and biases included.</param>
internal sealed record FixtureReference(
    int Steps, int Batch, int[] ImageShape, double LearningRate, double Momentum, double WeightDecay, int? Classes = null);

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(FixtureReference))]
internal sealed partial class FixtureJson : JsonSerializerContext;

/// <summary>
/// A training that another program has recorded, in a folder: <c>reference.json</c>, <c>init.safetensors</c> with the initial weights,
/// <c>images.f32</c> (steps × batch × channels × height × width, little-endian) and <c>labels.i64</c> (steps × batch).
/// </summary>
internal sealed record Fixture(FixtureReference Reference, ImageShape Image, string InitialWeights, float[] Images, long[] Labels)
{
    /// <param name="classes">Labels must be below.</param>
    /// <exception cref="BadFileException">A file is missing or not what the others lead one to expect; names file and expectation.</exception>
    public static Fixture Read(string folder, int classes)
    {
        var path = Path.Combine(folder, "reference.json");
        try
        {
            var reference = JsonSerializer.Deserialize(File.ReadAllBytes(path), FixtureJson.Default.FixtureReference)!;
            if (reference.ImageShape is not [> 0, > 0, > 0] || reference.Steps < 1 || reference.Batch < 1)
                throw new BadFileException($"{path}: expected image_shape [channels, height, width], steps and batch, all above 0");
            if (reference.Classes is { } own && own != classes) throw new BadFileException($"{path}: has {own} classes, and --classes is {classes}");
            var image = new ImageShape(reference.ImageShape[0], reference.ImageShape[1], reference.ImageShape[2]);
            var count = (long)reference.Steps * reference.Batch;
            var labels = ReadNumbers<long>(Path.Combine(folder, "labels.i64"), count);
            if (labels.FirstOrDefault(label => label < 0 || label >= classes, -1) is var wrong && labels.Contains(wrong))
                throw new BadFileException($"{Path.Combine(folder, "labels.i64")}: label {wrong}, expected 0 to {classes - 1}");
            return new Fixture(
                reference, image, Path.Combine(folder, "init.safetensors"),
                ReadNumbers<float>(Path.Combine(folder, "images.f32"), count * image.Pixels), labels);
        }
        catch (JsonException failure)
        {
            throw new BadFileException($"{path}: {failure.Message}", failure);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new BadFileException($"{folder}: {failure.Message}", failure);
        }
    }

    private static T[] ReadNumbers<T>(string path, long count) where T : unmanaged
    {
        var bytes = File.ReadAllBytes(path);
        var expected = count * Marshal.SizeOf<T>();
        if (bytes.Length != expected) throw new BadFileException($"{path}: has {bytes.Length} bytes, expected {expected}");
        return MemoryMarshal.Cast<byte, T>(bytes).ToArray();
    }
}
