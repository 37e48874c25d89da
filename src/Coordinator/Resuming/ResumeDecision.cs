using Sweep.Coordinator.SweepFiles;
using Sweep.Coordinator.Trials;

namespace Sweep.Coordinator.Resuming;

/// <summary>What is to become of a sweep that is to be resumed: it goes on, it is over, or it is refused.</summary>
public abstract record ResumeDecision
{
    private const string Trials = "search.trials";
    private const string Limits = "limits.";
    private const string Sharing = "sharing.";

    private ResumeDecision() { }

    /// <param name="Extension">Null where nothing changes.</param>
    public sealed record GoOn(SweepExtension? Extension) : ResumeDecision;

    public sealed record Over : ResumeDecision;

    /// <param name="Reason">Says what is wrong and what to do; may be of several lines.</param>
    public sealed record Refused(string Reason) : ResumeDecision;

    /// <param name="state">After everything that is stored.</param>
    /// <param name="given">The sweep file that it is to go on with.</param>
    /// <param name="extend">The person allows that limits and the number of trials are raised.</param>
    public static ResumeDecision Of(SweepState state, SweepFileResult.Valid given, bool extend)
    {
        if (state.SweepFile is null && given.File.Hash != state.SweepFileHash)
            return new Refused("the sweep file is not the one that the sweep began with; its history is too old to say where they differ");
        var differences = SweepFileDifference.Between(state.SweepFile ?? given.File.Text, given.File.Text);
        if (differences.IsEmpty) return state.CanGoOn ? new GoOn(null) : new Over();
        if (differences.Where(difference => !MayChange(difference)).ToList() is { Count: > 0 } fixedOnes)
            return new Refused($"the sweep file is not the one that the sweep began with:{Lines(fixedOnes)}\nstart another sweep with it, or resume with the old one");
        if (Lowered(state.Definition, given.Definition) is { Count: > 0 } lowered)
            return new Refused($"{string.Join(", ", lowered)} can be raised and not lowered:{Lines(differences)}");
        if (state.Scheduler.TrainsAll && given.Definition.Search.Trials != state.Definition.Search.Trials)
            return new Refused($"a population does not grow once it has begun:{Lines(differences)}\nstart another sweep with it, or resume with as many trials");
        if (!extend)
            return new Refused($"the sweep file asks for more, or another share, than the one that the sweep began with:{Lines(differences)}\nadd --extend to go on with it");
        if (given.Definition.Search.Algorithm != state.Definition.Search.Algorithm)
            return new Refused(
                $"with so many trials `algorithm: auto` means {Name(given)}, and the sweep began otherwise:{Lines(differences)}\nask for fewer trials");
        return new GoOn(new SweepExtension(given.File.Text, given.Definition.Search.Trials, given.Definition.Limits, given.Definition.Sharing));
    }

    private static bool MayChange(SweepFileDifference difference) =>
        difference.Key == Trials
        || difference.Key.StartsWith(Limits, StringComparison.Ordinal)
        || difference.Key.StartsWith(Sharing, StringComparison.Ordinal);

    private static List<string> Lowered(SweepDefinition old, SweepDefinition given)
    {
        var lowered = new List<string>();
        if (IsLower(old.Search.Trials, given.Search.Trials)) lowered.Add(Trials);
        if (IsLower(old.Limits.MaxParallelTrials, given.Limits.MaxParallelTrials)) lowered.Add(Limits + "max_parallel_trials");
        if (IsLower(old.Limits.MaxDuration, given.Limits.MaxDuration)) lowered.Add(Limits + "max_duration");
        if (IsLower(old.Limits.MaxEpochsTotal, given.Limits.MaxEpochsTotal)) lowered.Add(Limits + "max_epochs_total");
        if (IsLower(old.Limits.MaxTrials, given.Limits.MaxTrials)) lowered.Add(Limits + "max_trials");
        if (IsLower(old.Limits.MaxGpuHours, given.Limits.MaxGpuHours)) lowered.Add(Limits + "max_gpu_hours");
        if (IsLower(old.Limits.PatienceTrials, given.Limits.PatienceTrials)) lowered.Add(Limits + "patience_trials");
        if (IsEasier(old, given.Limits.Target)) lowered.Add(Limits + "target");
        return lowered;
    }

    /// <summary>Null is no limit.</summary>
    private static bool IsLower<T>(T? old, T? given)
        where T : struct, IComparable<T> =>
        given is { } now && (old is not { } before || now.CompareTo(before) < 0);

    /// <summary>A target that a worse value reaches would end a sweep that goes on.</summary>
    private static bool IsEasier(SweepDefinition old, double? given) =>
        given is { } now && (old.Limits.Target is not { } before || old.Objective.IsBetter(before, now));

    private static string Lines(IEnumerable<SweepFileDifference> differences) =>
        string.Concat(differences.Select(difference => $"\n  {difference}"));

    private static string Name(SweepFileResult.Valid file) => file.Definition.Search.Algorithm.ToString().ToLowerInvariant();
}
