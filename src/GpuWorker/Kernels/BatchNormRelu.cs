using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Sweep.GpuWorker.Kernels;

/// <summary>Batch norm, the addition of a shortcut and ReLU as one layer.</summary>
internal static unsafe class BatchNormRelu
{
    /// <summary>ReLU(norm(x) + shortcut): by <see cref="BatchNormKernel{T}"/> where it can, else by libtorch's three layers.</summary>
    /// <param name="norm">Has weights and running statistics.</param>
    /// <param name="input">Images × channels × height × width; not needed by others any more, so that libtorch may write over what follows from it.</param>
    /// <param name="shortcut">As <paramref name="input"/>; null for none.</param>
    public static Tensor Forward(BatchNorm2d norm, Tensor input, Tensor? shortcut = null)
    {
        if (!CanFuse(norm, input, shortcut))
        {
            var normalized = norm.call(input);
            return (shortcut is null ? normalized : normalized.Increase(shortcut)).relu_();
        }
        using var scope = NewDisposeScope();
        if (norm.training) norm.num_batches_tracked!.Increase(1);
        // Evaluation without gradients needs no function; with them, libtorch's layers above have been taken.
        var output = norm.training && is_grad_enabled()
            ? Function.apply(input, shortcut!, norm.weight!, norm.bias!, norm)
            : Layer.Of(input.dtype).Forward(norm, input, shortcut, out _);
        return output.MoveToOuterDisposeScope();
    }

    private static bool CanFuse(BatchNorm2d norm, Tensor input, Tensor? shortcut) =>
        TensorMemory.IsReachable(input) && norm.weight!.dtype == ScalarType.Float32 && (shortcut is null || shortcut.dtype == input.dtype)
        && BatchNormKernel.Fits(input.shape[1], input.NumberOfElements)
        // One value a channel has no variance, which libtorch says better.
        && input.NumberOfElements > input.shape[1]
        && (norm.training || !is_grad_enabled());

    /// <summary>Of each channel, what the forward pass knew.</summary>
    private sealed record Normalization(double[] Mean, double[] InverseDeviation, double[] Scale, double[] Shift);

    private sealed class Function : torch.autograd.SingleTensorFunction<Function>
    {
        private const string Known = "normalization";

        public override string Name => nameof(BatchNormRelu);

        /// <param name="arguments">As <see cref="BatchNormRelu.Forward"/> passes them.</param>
        public override Tensor forward(torch.autograd.AutogradContext context, params object[] arguments)
        {
            var (input, shortcut, norm) = ((Tensor)arguments[0], (Tensor?)arguments[1], (BatchNorm2d)arguments[4]);
            var output = Layer.Of(input.dtype).Forward(norm, input, shortcut, out var normalization);
            context.save_data(Known, normalization);
            context.save_for_backward(shortcut is null ? [input, norm.weight!] : [input, norm.weight!, output]);
            return output;
        }

        public override List<Tensor> backward(torch.autograd.AutogradContext context, Tensor gradient) =>
            ManagedBackward.Part(gradient, arguments: 5, () =>
            {
                var saved = context.get_saved_variables();
                var layer = Layer.Of(saved[0].dtype);
                return layer.Backward(saved[0], saved[1], saved.ElementAtOrDefault(2), gradient, (Normalization)context.get_data(Known));
            })!;
    }

    /// <summary>The layer over tensors, whatever they hold.</summary>
    private abstract class Layer
    {
        private static readonly Layer Single = new Layer<Float32>();
        private static readonly Layer Half = new Layer<BFloat16>();

        public static Layer Of(ScalarType type) => type == ScalarType.BFloat16 ? Half : Single;

        public abstract Tensor Forward(BatchNorm2d norm, Tensor input, Tensor? shortcut, out Normalization normalization);

        /// <param name="output">Null where there was no shortcut.</param>
        public abstract Tensor?[] Backward(Tensor input, Tensor weight, Tensor? output, Tensor gradient, Normalization normalization);
    }

    private sealed class Layer<T> : Layer
        where T : unmanaged, IElement<T>
    {
        public override Tensor Forward(BatchNorm2d norm, Tensor input, Tensor? shortcut, out Normalization normalization)
        {
            var memory = TensorMemory.ChannelsLast(input);
            var added = shortcut is null ? null : TensorMemory.ChannelsLast(shortcut);
            var output = empty_like(memory);
            var kernel = KernelFor(memory);
            var x = TensorMemory.Pointer<T>(memory);
            var (mean, variance) = norm.training ? kernel.Moments(x) : (Doubles(norm.running_mean!), Doubles(norm.running_var!));
            if (norm.training) UpdateRunning(norm, kernel.Count, mean, variance);
            normalization = Normalize(norm, mean, variance);
            kernel.Forward(x, added is null ? null : TensorMemory.Pointer<T>(added), normalization.Scale, normalization.Shift, TensorMemory.Pointer<T>(output));
            return output.permute(0, 3, 1, 2);
        }

        public override Tensor?[] Backward(Tensor input, Tensor weight, Tensor? output, Tensor gradient, Normalization known)
        {
            var (memory, incoming) = (TensorMemory.ChannelsLast(input), TensorMemory.ChannelsLast(gradient));
            var kernel = KernelFor(memory);
            var x = TensorMemory.Pointer<T>(memory);
            var inputGradient = empty_like(memory);
            var shortcutGradient = output is null ? null : empty_like(memory);
            var y = output is null ? null : TensorMemory.Pointer<T>(TensorMemory.ChannelsLast(output));
            var yGradient = TensorMemory.Pointer<T>(incoming);
            var zGradient = shortcutGradient is null ? null : TensorMemory.Pointer<T>(shortcutGradient);
            var (sums, products) = kernel.GradientSums(x, y, yGradient, zGradient, known.Mean, known.Scale, known.Shift);

            // Ioffe and Szegedy 2015, section 3, the chain rule through mean and variance, gathered by what it multiplies.
            var channels = known.Mean.Length;
            var (weights, b, c) = (Doubles(weight), new double[channels], new double[channels]);
            var weightGradient = new float[channels];
            for (var channel = 0; channel < channels; channel++)
            {
                var inverse = known.InverseDeviation[channel];
                weightGradient[channel] = (float)(products[channel] * inverse);
                b[channel] = -weights[channel] * inverse * inverse * inverse * products[channel] / kernel.Count;
                c[channel] = -weights[channel] * inverse * sums[channel] / kernel.Count - b[channel] * known.Mean[channel];
            }
            var isRelu = output is null;
            kernel.Backward(x, isRelu ? yGradient : zGradient, isRelu, known.Scale, known.Shift, known.Scale, b, c, TensorMemory.Pointer<T>(inputGradient));
            return
            [
                inputGradient.permute(0, 3, 1, 2), shortcutGradient?.permute(0, 3, 1, 2),
                tensor(weightGradient), tensor(Array.ConvertAll(sums, sum => (float)sum)), null,
            ];
        }

        private static BatchNormKernel<T> KernelFor(Tensor memory) => new((int)memory.shape[3], (int)memory.NumberOfElements);

        private static Normalization Normalize(BatchNorm2d norm, double[] mean, double[] variance)
        {
            var (weight, bias) = (Doubles(norm.weight!), Doubles(norm.bias!));
            var inverse = Array.ConvertAll(variance, value => 1 / Math.Sqrt(value + norm.eps));
            var scale = weight.Zip(inverse, (w, i) => w * i).ToArray();
            var shift = new double[mean.Length];
            for (var channel = 0; channel < shift.Length; channel++) shift[channel] = bias[channel] - mean[channel] * scale[channel];
            return new Normalization(mean, inverse, scale, shift);
        }

        /// <summary>The running variance is the unbiased one, as in PyTorch.</summary>
        private static void UpdateRunning(BatchNorm2d norm, long count, double[] mean, double[] variance)
        {
            var momentum = norm.momentum!.Value;
            var runningMean = Floats(norm.running_mean!);
            var runningVariance = Floats(norm.running_var!);
            for (var channel = 0; channel < mean.Length; channel++)
            {
                runningMean[channel] = (float)((1 - momentum) * runningMean[channel] + momentum * mean[channel]);
                runningVariance[channel] = (float)((1 - momentum) * runningVariance[channel] + momentum * variance[channel] * count / (count - 1));
            }
        }

        private static Span<float> Floats(Tensor vector) => new(TensorMemory.Pointer<float>(vector), (int)vector.NumberOfElements);

        private static double[] Doubles(Tensor vector)
        {
            var values = new double[vector.NumberOfElements];
            var floats = Floats(vector);
            for (var index = 0; index < values.Length; index++) values[index] = floats[index];
            return values;
        }
    }
}
