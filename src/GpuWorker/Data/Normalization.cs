using Sweep.Shared.Datasets;

namespace Sweep.GpuWorker.Data;

/// <summary>Each channel's mean and standard deviation over all training images, of pixels in [0, 1]. A network sees (pixel − mean) ÷ deviation.</summary>
public sealed record Normalization(float[] Mean, float[] Deviation)
{
    /// <summary>The values that are in common use for the data set, so that published results compare; those of digits were computed.</summary>
    public static Normalization Of(DatasetName name) => name switch
    {
        DatasetName.Digits => new([0.3054f], [0.3753f]),
        DatasetName.Mnist => new([0.1307f], [0.3081f]),
        DatasetName.FashionMnist => new([0.2860f], [0.3530f]),
        DatasetName.Cifar10 => new([0.4914f, 0.4822f, 0.4465f], [0.2470f, 0.2435f, 0.2616f]),
        DatasetName.Cifar100 => new([0.5071f, 0.4865f, 0.4409f], [0.2673f, 0.2564f, 0.2762f]),
        _ => throw new ArgumentOutOfRangeException(nameof(name), name, null),
    };

    /// <summary>What <see cref="Of"/> should say, measured.</summary>
    public static Normalization Measure(ImageSet images)
    {
        var channels = images.Shape.Channels;
        var plane = images.Shape.Height * images.Shape.Width;
        var (mean, deviation) = (new float[channels], new float[channels]);
        for (var channel = 0; channel < channels; channel++)
        {
            long sum = 0, squares = 0;
            for (var image = 0; image < images.Count; image++)
                foreach (var pixel in images[image].Slice(channel * plane, plane))
                {
                    sum += pixel;
                    squares += pixel * pixel;
                }
            var count = (double)images.Count * plane;
            var average = sum / count;
            mean[channel] = (float)(average / 255);
            deviation[channel] = (float)(Math.Sqrt(squares / count - average * average) / 255);
        }
        return new Normalization(mean, deviation);
    }

    /// <summary>The 256 values that a channel's bytes become.</summary>
    internal float[] Table(int channel)
    {
        var table = new float[256];
        for (var value = 0; value < table.Length; value++) table[value] = Apply(channel, value);
        return table;
    }

    /// <param name="value">In [0, 255], whole or between.</param>
    internal float Apply(int channel, float value) => (value / 255f - Mean[channel]) / Deviation[channel];
}
