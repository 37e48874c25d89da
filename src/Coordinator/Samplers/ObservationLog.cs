using System.Collections.Immutable;
using System.IO.Hashing;
using System.Runtime.InteropServices;
using Sweep.Shared;

namespace Sweep.Coordinator.Samplers;

/// <summary>What became of one configuration.</summary>
/// <param name="Losses">
/// After each epoch, the best objective up to then, its sign turned where it is maximised, so that less is better; the mean of the
/// configuration's replicates. Empty for a failure: none of them has a result.
/// </param>
/// <param name="IsPartial">It was stopped before its budget was spent: more epochs would have made it better.</param>
/// <param name="Reported">Each epoch's own objective, likewise; empty where that is the same as <paramref name="Losses"/>.</param>
public sealed record Observation(
    Hyperparameters Hyperparameters, string ConfigurationHash, ValueArray<double> Losses, bool IsPartial = false, ValueArray<double> Reported = default)
{
    /// <summary>Of the further objectives, where the sweep has any; less is better, and infinite what was not measured.</summary>
    public ValueArray<double> FurtherLosses { get; init; }

    public bool IsFailure => Losses.Count == 0;

    /// <summary>Neither a failure nor stopped early: it says what early values are worth.</summary>
    public bool IsWhole => !IsFailure && !IsPartial;

    public int Epochs => Losses.Count;

    /// <summary>As far as it was trained; infinite for a failure, so that it loses.</summary>
    public double Loss => IsFailure ? double.PositiveInfinity : Losses[^1];

    /// <summary>Where the curve stands after an epoch, but for noise: see <see cref="LearningCurve"/>.</summary>
    /// <param name="epoch">From 1 to <see cref="Epochs"/>.</param>
    public double LevelAt(int epoch) => LearningCurve.LevelAt((Reported.Count > 0 ? Reported : Losses).AsSpan(), epoch);
}

/// <summary>
/// Observations in the order in which they were made. An older log is a prefix of a newer one and shares its memory: adding costs O(log n).
/// </summary>
public sealed class ObservationLog
{
    private readonly ImmutableList<(Observation Observation, ulong Fingerprint)> _entries;

    private ObservationLog(ImmutableList<(Observation, ulong)> entries) => _entries = entries;

    public static ObservationLog Empty { get; } = new([]);

    public int Count => _entries.Count;

    public Observation this[int index] => _entries[index].Observation;

    /// <summary>64 bits that tell the first <paramref name="count"/> observations from any others.</summary>
    public ulong Fingerprint(int count) => count == 0 ? 0 : _entries[count - 1].Fingerprint;

    public ObservationLog Add(Observation observation) => new(_entries.Add((observation, Extend(Fingerprint(Count), observation))));

    private static ulong Extend(ulong prefix, Observation observation)
    {
        var hash = new XxHash3((long)prefix);
        hash.Append(MemoryMarshal.AsBytes(observation.ConfigurationHash.AsSpan()));
        foreach (var loss in observation.Losses) hash.Append(BitConverter.GetBytes(loss));
        foreach (var loss in observation.FurtherLosses) hash.Append(BitConverter.GetBytes(loss));
        foreach (var loss in observation.Reported) hash.Append(BitConverter.GetBytes(loss));
        hash.Append([observation.IsPartial ? (byte)1 : (byte)0]);
        return hash.GetCurrentHashAsUInt64();
    }
}
