using Sweep.Shared.Datasets;

namespace Sweep.Shared.Models;

/// <summary>A network's size by arithmetic alone, so that a plan needs no libtorch.</summary>
/// <param name="Parameters">Trainable numbers: weights, biases, batch norm's scale and shift.</param>
/// <param name="MultiplyAdds">Of one image's forward pass, convolutions and linear layers only.</param>
/// <param name="Activations">Numbers that one image's forward pass keeps for the backward pass.</param>
public sealed record ModelShape(long Parameters, long MultiplyAdds, long Activations)
{
    /// <summary>The shape of <paramref name="model"/> on such images.</summary>
    /// <exception cref="ArgumentException">The model cannot process images of this size; the message says why (<see cref="Problem"/>).</exception>
    public static ModelShape Of(ModelSettings model, ImageShape image, int classes)
    {
        if (Problem(model, image) is { } problem) throw new ArgumentException(problem, nameof(model));
        return model.Family switch
        {
            ModelFamily.Resnet => Resnet(model, image, classes),
            ModelFamily.MnistCnn => MnistCnn(image, classes),
            _ => throw new ArgumentOutOfRangeException(nameof(model), model.Family, null),
        };
    }

    /// <summary>Why <paramref name="model"/> cannot process such images; null where it can.</summary>
    public static string? Problem(ModelSettings model, ImageShape image)
    {
        if (model.Family == ModelFamily.MnistCnn)
            return MnistCnnMap(Math.Min(image.Height, image.Width)) >= 1
                ? null
                : $"mnist_cnn needs images of at least 16×16 pixels, and these are {image.Height}×{image.Width}";
        if (model.Blocks.Count != model.Widths.Count)
            return $"blocks has {model.Blocks.Count} stages and widths has {model.Widths.Count}; give one width a stage";
        var side = Math.Min(image.Height, image.Width);
        for (var stage = 1; stage < model.Blocks.Count; stage++)
        {
            if (side == 1)
                return $"stage {stage + 1} would shrink below 1×1 pixel on images of {image.Height}×{image.Width}; use at most {stage} stages";
            side = Halved(side);
        }
        return null;
    }

    /// <summary>Side of the last feature map of <c>mnist_cnn</c>: two 5×5 convolutions, each followed by 2×2 pooling; below 1 where it does not fit.</summary>
    public static int MnistCnnMap(int side) => side < 8 ? 0 : ((side - 4) / 2 - 4) / 2;

    /// <summary>
    /// Bytes that training needs: weights, gradients and optimiser state, one batch's activations with their gradients, and the images.
    /// An estimate: kernels' scratch memory is not in it.
    /// </summary>
    /// <param name="stateTensors">Numbers that the optimiser keeps for each parameter: 1 for momentum, 2 for Adam.</param>
    public long TrainingBytes(int batchSize, int stateTensors, long datasetBytes) =>
        sizeof(float) * (Parameters * (2 + stateTensors) + 2 * Activations * batchSize) + datasetBytes;

    private static ModelShape Resnet(ModelSettings model, ImageShape image, int classes)
    {
        var sum = new Sum();
        var (height, width) = (image.Height, image.Width);
        var channels = model.Widths[0];
        sum.Convolution(image.Channels, channels, 3, height, width);
        for (var stage = 0; stage < model.Blocks.Count; stage++)
        {
            var inner = model.Widths[stage];
            var output = inner * model.Expansion;
            for (var block = 0; block < model.Blocks[stage]; block++)
            {
                var (inputHeight, inputWidth) = (height, width);
                var halves = stage > 0 && block == 0;
                if (halves) (height, width) = (Halved(height), Halved(width));
                if (model.Block == BlockKind.Basic)
                {
                    sum.Convolution(channels, inner, 3, height, width);
                    sum.Convolution(inner, inner, 3, height, width);
                }
                else
                {
                    sum.Convolution(channels, inner, 1, inputHeight, inputWidth);
                    sum.Convolution(inner, inner, 3, height, width);
                    sum.Convolution(inner, output, 1, height, width);
                }
                if (model.Shortcut == ShortcutKind.Projection && (halves || channels != output))
                    sum.Convolution(channels, output, 1, height, width);
                channels = output;
            }
        }
        sum.Linear(channels, classes);
        return sum.Shape;
    }

    private static ModelShape MnistCnn(ImageShape image, int classes)
    {
        var sum = new Sum();
        var (height, width) = (image.Height - 4, image.Width - 4);
        sum.Convolution(image.Channels, 6, 5, height, width, batchNorm: false);
        (height, width) = (height / 2 - 4, width / 2 - 4);
        sum.Convolution(6, 16, 5, height, width, batchNorm: false);
        sum.Linear(16 * (height / 2) * (width / 2), 120);
        sum.Linear(120, 84);
        sum.Linear(84, classes);
        return sum.Shape;
    }

    /// <summary>A 3×3 convolution with stride 2 and padding 1.</summary>
    private static int Halved(int side) => (side - 1) / 2 + 1;

    private sealed class Sum
    {
        private long _parameters, _multiplyAdds, _activations;

        public ModelShape Shape => new(_parameters, _multiplyAdds, _activations);

        /// <summary>A convolution without bias and its batch norm, or one with bias alone; height and width are the output's.</summary>
        public void Convolution(int input, int output, int kernel, int height, int width, bool batchNorm = true)
        {
            var weights = (long)input * output * kernel * kernel;
            _parameters += weights + (batchNorm ? 2 : 1) * output;
            _multiplyAdds += weights * height * width;
            _activations += (batchNorm ? 3L : 2L) * output * height * width;
        }

        public void Linear(int input, int output)
        {
            _parameters += (long)input * output + output;
            _multiplyAdds += (long)input * output;
            _activations += output;
        }
    }
}
