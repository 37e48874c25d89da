using Sweep.Shared;

namespace Sweep.Bench.Simulator;

/// <summary>A simulated learning curve, with noise: the values of one trial, epoch after epoch.</summary>
/// <param name="seed">Of the simulation.</param>
/// <param name="number">Of the trial, from 0.</param>
public sealed class Curve(NetworkConfiguration trial, long seed, int number)
{
    private const double NoiseDeviation = 0.004;

    private readonly (double A, double B, double C) _shape = MixedSpace.Shape(trial);
    private ulong _state = (ulong)(seed * 1_000_003 + number * 7_919L + 17);

    /// <summary>The accuracy after epoch <paramref name="epoch"/>, from 1; epochs must be asked for in order, each once.</summary>
    public double Next(int epoch) => _shape.A - _shape.B * Math.Pow(epoch, -_shape.C) + NoiseDeviation * NextNormal();

    /// <summary>Nearly: twelve uniform numbers less their mean (Irwin and Hall).</summary>
    private double NextNormal()
    {
        var sum = 0.0;
        for (var draw = 0; draw < 12; draw++) sum += NextDouble();
        return sum - 6;
    }

    /// <summary>SplitMix64.</summary>
    private double NextDouble()
    {
        var z = _state += 0x9E3779B97F4A7C15;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return ((z ^ (z >> 31)) >> 11) * (1.0 / (1UL << 53));
    }
}
