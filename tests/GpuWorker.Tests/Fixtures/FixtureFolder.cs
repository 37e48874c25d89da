using System.Globalization;
using System.Text.Json;

namespace Sweep.GpuWorker.Tests.Fixtures;

/// <summary>A training that PyTorch recorded: one of this project's own, or one under <c>SWEEP_PARITY_DIR</c>.</summary>
internal sealed class FixtureFolder
{
    private readonly JsonDocument _reference;

    private FixtureFolder(string path)
    {
        Path = path;
        _reference = JsonDocument.Parse(File.ReadAllText(System.IO.Path.Combine(path, "reference.json")));
    }

    public string Path { get; }

    public int Classes => _reference.RootElement.GetProperty("classes").GetInt32();

    /// <summary>Of each step, in double precision.</summary>
    public double[] Losses => Numbers("losses_float64");

    /// <summary>
    /// Of each step, relative: three times what PyTorch's own variants differ by there. At least the distance between the two float32
    /// numbers around the loss, though: variants that differ by less were all rounded to the same one, which tells nothing of noise.
    /// </summary>
    public double[] SinglePrecisionTolerance =>
        [.. Numbers("relative_spread_float32").Zip(Losses, (spread, loss) => Math.Max(3 * spread, Spacing((float)loss) / loss))];

    public static FixtureFolder Own(string name) => new(System.IO.Path.Combine(AppContext.BaseDirectory, "Fixtures", name));

    /// <summary>By name; a test that asks for one that is not there is skipped.</summary>
    public static FixtureFolder Of(string name)
    {
        if (name is "bottleneck-projection" or "four-stages") return Own(name);
        var path = System.IO.Path.Combine(Environment.GetEnvironmentVariable("SWEEP_PARITY_DIR") ?? "", name);
        Assert.SkipUnless(File.Exists(System.IO.Path.Combine(path, "reference.json")), "SWEEP_PARITY_DIR has no reference for " + name);
        return new FixtureFolder(path);
    }

    private static double Spacing(float number) => (double)MathF.BitIncrement(number) - number;

    private double[] Numbers(string key) =>
        [.. _reference.RootElement.GetProperty(key).EnumerateArray().Select(number => double.Parse(number.GetString()!, CultureInfo.InvariantCulture))];
}
