using Sweep.GpuWorker.Kernels;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Sweep.GpuWorker.Tests.Kernels;

[Collection(Torch.Collection)]
public sealed class BatchNormReluTests
{
    public static TheoryData<int, bool, ScalarType> Layers()
    {
        var layers = new TheoryData<int, bool, ScalarType>();
        foreach (var channels in new[] { 1, 8, 16, 64, 96 })
            foreach (var hasShortcut in new[] { false, true })
                foreach (var type in new[] { ScalarType.Float32, ScalarType.BFloat16 })
                    layers.Add(channels, hasShortcut, type);
        return layers;
    }

    [Theory, MemberData(nameof(Layers))]
    public void Training_agrees_with_three_layers_in_double_precision(int channels, bool hasShortcut, ScalarType type)
    {
        using var scope = NewDisposeScope();
        var images = Images(type, 5, channels, 6, 4, mean: 3);
        var shortcut = hasShortcut ? Images(type, 5, channels, 6, 4, mean: 0) : null;
        var fused = Train(Norm(channels, ScalarType.Float32), images, shortcut, BatchNormRelu.Forward);
        var reference = Train(Norm(channels, ScalarType.Float64), images.to(ScalarType.Float64), shortcut?.to(ScalarType.Float64), ThreeLayers);

        // bfloat16 has eight bits, and the incoming gradients are rounded to them too.
        var tolerance = type == ScalarType.BFloat16 ? 2e-2 : 2e-5;
        foreach (var (name, expected) in reference) Assert.True(Distance(expected, fused[name]) < tolerance, $"{name}: {Distance(expected, fused[name])}");
    }

    [Theory, MemberData(nameof(Layers))]
    public void Evaluation_agrees_with_three_layers(int channels, bool hasShortcut, ScalarType type)
    {
        using var scope = NewDisposeScope();
        using var inference = inference_mode();
        var images = Images(type, 3, channels, 4, 4, mean: 1);
        var shortcut = hasShortcut ? Images(type, 3, channels, 4, 4, mean: 0) : null;
        var norm = Norm(channels, ScalarType.Float32);
        norm.eval();
        var expected = ThreeLayers(Norm(channels, ScalarType.Float64, training: false), images.to(ScalarType.Float64), shortcut?.to(ScalarType.Float64));

        Assert.True(Distance(expected, BatchNormRelu.Forward(norm, images, shortcut)) < (type == ScalarType.BFloat16 ? 1e-2 : 1e-6));
        Assert.Equal(0, norm.num_batches_tracked!.to(ScalarType.Int64).item<long>());
    }

    [Fact]
    public void A_small_variance_beside_a_large_mean_is_not_lost()
    {
        using var scope = NewDisposeScope();
        var images = Images(ScalarType.Float32, 8, 16, 8, 8, mean: 1000);
        var fused = Train(Norm(16, ScalarType.Float32), images, null, BatchNormRelu.Forward);
        var reference = Train(Norm(16, ScalarType.Float64), images.to(ScalarType.Float64), null, ThreeLayers);

        Assert.True(Distance(reference["running variance"], fused["running variance"]) < 1e-4);
    }

    [Fact]
    public void Bits_do_not_depend_on_the_number_of_threads()
    {
        using var scope = NewDisposeScope();
        var (images, shortcut) = (Images(ScalarType.Float32, 16, 32, 16, 16, mean: 1), Images(ScalarType.Float32, 16, 32, 16, 16, mean: 0));
        var results = new List<Dictionary<string, Tensor>>();
        var before = get_num_threads();
        try
        {
            foreach (var threads in new[] { 1, 2, 3 })
            {
                set_num_threads(threads);
                results.Add(Train(Norm(32, ScalarType.Float32), images, shortcut, BatchNormRelu.Forward));
            }
        }
        finally
        {
            set_num_threads(before);
        }
        foreach (var (name, expected) in results[0])
            Assert.All(results, result => Assert.True(result[name].HasValuesOf(expected), name));
    }

    [Fact]
    public void Not_a_number_stays_one()
    {
        using var scope = NewDisposeScope();
        var images = Images(ScalarType.Float32, 2, 16, 4, 4, mean: 0);
        images[0, 3, 1, 1] = float.NaN;
        var fused = Train(Norm(16, ScalarType.Float32), images, null, BatchNormRelu.Forward);

        Assert.True(fused["output"][1, 3].isnan().all().item<bool>());
        Assert.True(fused["input gradient"][1, 3].isnan().all().item<bool>());
        Assert.False(fused["output"][.., 4].isnan().any().item<bool>());
    }

    [Fact]
    public void Memory_in_any_order_gives_the_same()
    {
        using var scope = NewDisposeScope();
        var images = Images(ScalarType.Float32, 4, 16, 4, 4, mean: 0);
        var last = Train(Norm(16, ScalarType.Float32), images, images, BatchNormRelu.Forward);
        var first = Train(Norm(16, ScalarType.Float32), images.contiguous(), images, BatchNormRelu.Forward);

        foreach (var (name, expected) in last) Assert.True(first[name].HasValuesOf(expected), name);
    }

    private static Tensor ThreeLayers(BatchNorm2d norm, Tensor images, Tensor? shortcut)
    {
        var normalized = norm.call(images);
        return (shortcut is null ? normalized : normalized + shortcut).relu();
    }

    /// <summary>One step forward and back, from a gradient that differs from value to value.</summary>
    private static Dictionary<string, Tensor> Train(BatchNorm2d norm, Tensor images, Tensor? shortcut, Func<BatchNorm2d, Tensor, Tensor?, Tensor> layer)
    {
        var input = images.detach().clone().requires_grad_();
        var added = shortcut?.detach().clone().requires_grad_();
        var output = layer(norm, input, added);
        var weights = arange(output.NumberOfElements, dtype: ScalarType.Float64).sin().view(output.shape).to(output.dtype);
        ManagedBackward.Run((output * weights).to(ScalarType.Float64).sum());
        var results = new Dictionary<string, Tensor>
        {
            ["output"] = output.detach(),
            ["input gradient"] = input.grad!,
            ["weight gradient"] = norm.weight!.grad!,
            ["bias gradient"] = norm.bias!.grad!,
            // A module's finalizer releases its tensors, whoever else holds them.
            ["running mean"] = norm.running_mean!.clone(),
            ["running variance"] = norm.running_var!.clone(),
            ["batches"] = norm.num_batches_tracked!.clone(),
        };
        if (added is not null) results["shortcut gradient"] = added.grad!;
        GC.KeepAlive(norm);
        return results;
    }

    private static BatchNorm2d Norm(int channels, ScalarType type, bool training = true)
    {
        var norm = nn.BatchNorm2d(channels, dtype: type);
        using var noGradients = no_grad();
        norm.weight!.copy_(linspace(0.5, 2, channels, dtype: ScalarType.Float64));
        norm.bias!.copy_(linspace(-1, 1, channels, dtype: ScalarType.Float64));
        norm.running_mean!.copy_(linspace(0, 1, channels, dtype: ScalarType.Float64));
        norm.running_var!.copy_(linspace(1, 2, channels, dtype: ScalarType.Float64));
        norm.train(training);
        return norm;
    }

    /// <summary>Channels last in memory.</summary>
    private static Tensor Images(ScalarType type, long images, long channels, long height, long width, double mean)
    {
        using var generator = new Generator(7, CPU);
        return (randn([images, height, width, channels], generator: generator) + mean).to(type).permute(0, 3, 1, 2);
    }

    private static double Distance(Tensor expected, Tensor actual) =>
        ((expected.to(ScalarType.Float64) - actual.to(ScalarType.Float64)).abs().max() / expected.to(ScalarType.Float64).abs().max().clamp_min(1e-12)).item<double>();
}
