using System.Text.Json.Serialization;

namespace Sweep.Shared;

/// <summary>One sweep: one sweep file, one run folder. Unique among the sweeps that a cluster ever sees.</summary>
public readonly record struct SweepId(string Value)
{
    public override string ToString() => Value;
}

/// <summary>One configuration of a sweep under one seed; trials are numbered from 1 in the order in which they were created.</summary>
public readonly record struct TrialId(int Number) : IComparable<TrialId>
{
    public int CompareTo(TrialId other) => Number.CompareTo(other.Number);

    public override string ToString() => Number.ToString();

    public static bool operator <(TrialId left, TrialId right) => left.Number < right.Number;
    public static bool operator >(TrialId left, TrialId right) => left.Number > right.Number;
    public static bool operator <=(TrialId left, TrialId right) => left.Number <= right.Number;
    public static bool operator >=(TrialId left, TrialId right) => left.Number >= right.Number;
}

/// <summary>
/// One run of a trial on a worker. <paramref name="Number"/> counts from 1 within the trial and is the fence:
/// whatever comes from a lower number than the current one is refused.
/// </summary>
public readonly record struct AttemptId(SweepId Sweep, TrialId Trial, int Number)
{
    public override string ToString() => $"{Trial}.{Number}";
}

/// <summary>One worker process: host, process number and a random part, so that a restarted worker is another one.</summary>
public readonly record struct WorkerId(string Value)
{
    /// <summary>The part that people read: <c>host/1234</c>.</summary>
    [JsonIgnore]
    public string ShortName => Value.Split('#')[0];

    public override string ToString() => Value;
}
