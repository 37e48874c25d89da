using System.Numerics.Tensors;
using System.Runtime.InteropServices;
using Sweep.GpuWorker.Data;
using Sweep.Shared;

namespace Sweep.Examples.DotnetTrainer;

/// <summary>One row of weights a class, the last of each row its bias; stochastic gradient descent on the cross-entropy.</summary>
internal sealed class Softmax(int pixels, int classes)
{
    private readonly float[] _weights = new float[classes * (pixels + 1)];
    private readonly float[] _input = new float[pixels + 1];
    private readonly float[] _probabilities = new float[classes];

    private Span<float> Row(int label) => _weights.AsSpan(label * (pixels + 1), pixels + 1);

    public void Learn(ImageSet images, int image, float rate, float decay)
    {
        Predict(images[image]);
        _probabilities[images.Labels[image]] -= 1;
        for (var label = 0; label < classes; label++)
        {
            var row = Row(label);
            TensorPrimitives.Multiply(row, 1 - rate * decay, row);
            TensorPrimitives.MultiplyAdd(_input, -rate * _probabilities[label], row, row);
        }
    }

    public Evaluation Score(ImageSet images, int first, int count)
    {
        var (loss, right) = (0.0, 0);
        for (var image = first; image < first + count; image++)
        {
            Predict(images[image]);
            loss -= Math.Log(Math.Max(_probabilities[images.Labels[image]], float.Epsilon));
            if (TensorPrimitives.IndexOfMax<float>(_probabilities) == images.Labels[image]) right++;
        }
        return new Evaluation(loss / count, (double)right / count);
    }

    public void Write(Stream stream) => stream.Write(MemoryMarshal.AsBytes(_weights.AsSpan()));

    public void Read(Stream stream) => stream.ReadExactly(MemoryMarshal.AsBytes(_weights.AsSpan()));

    private void Predict(ReadOnlySpan<byte> image)
    {
        for (var pixel = 0; pixel < pixels; pixel++) _input[pixel] = image[pixel] / 255f;
        _input[pixels] = 1;
        for (var label = 0; label < classes; label++) _probabilities[label] = TensorPrimitives.Dot(_input, Row(label));
        TensorPrimitives.SoftMax(_probabilities, _probabilities);
    }
}
