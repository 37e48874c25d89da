using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.Json;
using Sweep.GpuWorker.Models;
using Sweep.Shared.Datasets;
using Sweep.Shared.Models;
using TorchSharp;

namespace Sweep.GpuWorker.Tests.Models;

/// <summary>
/// Twenty steps of SGD that PyTorch took, taken again. The reference is a folder a network under <c>SWEEP_PARITY_DIR</c>: initial weights as
/// safetensors, images, labels, and the loss after each step.
/// </summary>
[Collection(Torch.Collection)]
public sealed class PyTorchParityTests
{
    [Theory]
    [InlineData("resnet20")]
    [InlineData("mnist_cnn")]
    public void In_double_precision_the_losses_are_those_of_PyTorch(string name)
    {
        var (expected, losses) = Run(name, torch.ScalarType.Float64, "losses_float64");
        Assert.All(expected.Zip(losses), pair => Assert.Equal(1, pair.Second / pair.First, 1e-9));
    }

    [Theory]
    [InlineData("resnet20", 0.05)]
    [InlineData("mnist_cnn", 1e-5)]
    public void In_single_precision_the_losses_are_as_close_as_rounding_allows(string name, double tolerance)
    {
        var (expected, losses) = Run(name, torch.ScalarType.Float32, "losses_float64");
        Assert.Equal(1, losses[0] / expected[0], 1e-5);
        Assert.All(expected.Zip(losses), pair => Assert.Equal(1, pair.Second / pair.First, tolerance));
    }

    private static (double[] Expected, double[] Losses) Run(string name, torch.ScalarType type, string losses)
    {
        var folder = Path.Combine(Environment.GetEnvironmentVariable("SWEEP_PARITY_DIR") ?? "", name);
        Assert.SkipUnless(File.Exists(Path.Combine(folder, "reference.json")), "SWEEP_PARITY_DIR has no reference for " + name);
        using var reference = JsonDocument.Parse(File.ReadAllText(Path.Combine(folder, "reference.json")));
        var expected = reference.RootElement.GetProperty(losses).EnumerateArray()
            .Select(loss => double.Parse(loss.GetString()!, CultureInfo.InvariantCulture)).ToArray();
        return (expected, Train(name, folder, reference.RootElement, type));
    }

    private static double[] Train(string name, string folder, JsonElement reference, torch.ScalarType type)
    {
        using var scope = torch.NewDisposeScope();
        var shape = reference.GetProperty("image_shape").EnumerateArray().Select(size => size.GetInt32()).ToArray();
        var image = new ImageShape(shape[0], shape[1], shape[2]);
        var (steps, batch, classes) = (Number("steps"), Number("batch"), Number("classes"));
        using torch.nn.Module<torch.Tensor, torch.Tensor> network = name == "mnist_cnn"
            ? new MnistCnn(image, classes)
            : new ResNet(new ModelSettings(ModelFamily.Resnet, Blocks: [3, 3, 3], Widths: [16, 32, 64]), image, classes);
        Load(network, Path.Combine(folder, "init.safetensors"));
        network.to(type);
        network.train();

        var images = torch.tensor(Read<float>("images.f32"), [steps, batch, shape[0], shape[1], shape[2]]).to(type);
        var labels = torch.tensor(Read<long>("labels.i64"), [steps, batch]);
        using var optimizer = torch.optim.SGD(
            network.parameters(), reference.GetProperty("learning_rate").GetDouble(),
            reference.GetProperty("momentum").GetDouble(), weight_decay: reference.GetProperty("weight_decay").GetDouble());
        return [.. Enumerable.Range(0, steps).Select(Step)];

        double Step(int step)
        {
            using var inner = torch.NewDisposeScope();
            network.zero_grad();
            var loss = torch.nn.functional.cross_entropy(network.call(images[step]), labels[step]);
            loss.backward();
            optimizer.step();
            return loss.to(torch.ScalarType.Float64).item<double>();
        }

        int Number(string key) => reference.GetProperty(key).GetInt32();

        T[] Read<T>(string file) where T : unmanaged => MemoryMarshal.Cast<byte, T>(File.ReadAllBytes(Path.Combine(folder, file))).ToArray();
    }

    /// <summary>Names and shapes must agree, all of them but the count of batches, which PyTorch's file leaves out.</summary>
    private static void Load(torch.nn.Module network, string path)
    {
        var file = File.ReadAllBytes(path);
        var headerLength = (int)MemoryMarshal.Read<ulong>(file);
        using var header = JsonDocument.Parse(file.AsMemory(8, headerLength));
        var state = network.state_dict();
        Assert.Equal(
            header.RootElement.EnumerateObject().Select(entry => entry.Name).Order(StringComparer.Ordinal),
            state.Keys.Where(key => !key.EndsWith("num_batches_tracked", StringComparison.Ordinal)).Order(StringComparer.Ordinal));
        using var noGradients = torch.no_grad();
        foreach (var entry in header.RootElement.EnumerateObject())
        {
            var shape = entry.Value.GetProperty("shape").EnumerateArray().Select(size => size.GetInt64()).ToArray();
            var offsets = entry.Value.GetProperty("data_offsets").EnumerateArray().Select(offset => 8 + headerLength + offset.GetInt32()).ToArray();
            Assert.Equal(shape, state[entry.Name].shape);
            state[entry.Name].copy_(torch.tensor(MemoryMarshal.Cast<byte, float>(file.AsSpan(offsets[0]..offsets[1])).ToArray(), shape));
        }
    }
}
