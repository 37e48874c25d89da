using System.Globalization;
using System.Text.Json;

namespace Sweep.GpuWorker.Tests.Fixtures;

/// <summary>A training that PyTorch recorded: one of this project's own, or one under <c>SWEEP_PARITY_DIR</c>.</summary>
internal sealed class FixtureFolder
{
    /// <summary>No reference is known better than its own single precision.</summary>
    private const double SinglePrecision = 1.2e-7;

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
    /// Three times what PyTorch's own variants differ by at a step or before it: noise does not shrink where variants happen to agree.
    /// </summary>
    public double[] SinglePrecisionTolerance
    {
        get
        {
            var most = SinglePrecision;
            return [.. Numbers("relative_spread_float32").Select(spread => 3 * (most = Math.Max(most, spread)))];
        }
    }

    public static FixtureFolder Own(string name) => new(System.IO.Path.Combine(AppContext.BaseDirectory, "Fixtures", name));

    /// <summary>By name; a test that asks for one that is not there is skipped.</summary>
    public static FixtureFolder Of(string name)
    {
        if (name is "bottleneck-projection" or "four-stages") return Own(name);
        var path = System.IO.Path.Combine(Environment.GetEnvironmentVariable("SWEEP_PARITY_DIR") ?? "", name);
        Assert.SkipUnless(File.Exists(System.IO.Path.Combine(path, "reference.json")), "SWEEP_PARITY_DIR has no reference for " + name);
        return new FixtureFolder(path);
    }

    private double[] Numbers(string key) =>
        [.. _reference.RootElement.GetProperty(key).EnumerateArray().Select(number => double.Parse(number.GetString()!, CultureInfo.InvariantCulture))];
}
