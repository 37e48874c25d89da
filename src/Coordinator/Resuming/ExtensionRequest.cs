using System.Globalization;
using Sweep.Coordinator.SweepFiles;
using Sweep.Coordinator.Trials;
using Sweep.Shared;

namespace Sweep.Coordinator.Resuming;

/// <summary>What a sweep is to do more than before; null for what stays.</summary>
/// <param name="MaxDuration">As in sweep files: <c>12h</c>.</param>
public sealed record ExtensionRequest(
    int? Trials = null, int? MaxParallelTrials = null, string? MaxDuration = null, int? MaxEpochsTotal = null, int? MaxTrials = null,
    double? MaxGpuHours = null, double? Target = null, int? PatienceTrials = null)
{
    /// <summary>The extension, by the sweep file that says so; or why there is none, and what to do.</summary>
    public (SweepExtension? Extension, string? Problem) Of(SweepState state)
    {
        if (state.SweepFile is not { } text) return (null, "the history is too old to know its sweep file; give one by coordinator --resume RUN --sweep FILE --extend");
        foreach (var (section, key, value) in Values())
        {
            if (SweepFileEdit.Set(text, section, key, value) is not { } edited)
                return (null, $"{section}.{key} stands in the sweep file in a form that only a person should change; edit the file, and give it by coordinator --resume RUN --sweep FILE --extend");
            text = edited;
        }
        if (SweepFileReader.ReadText(text, "sweep.yaml") is not SweepFileResult.Valid valid) return (null, SweepFileReader.ReadText(text, "sweep.yaml").ToString());
        return ResumeDecision.Of(state, valid, extend: true) switch
        {
            ResumeDecision.GoOn { Extension: { } extension } => (extension, null),
            ResumeDecision.GoOn => (null, "nothing would change; give more trials or higher limits"),
            ResumeDecision.Refused(var reason) => (null, reason),
            _ => (null, "the sweep has ended; go on with it by coordinator --resume RUN --sweep FILE --extend"),
        };
    }

    private IEnumerable<(string Section, string Key, string Value)> Values()
    {
        (string, string, object?)[] all =
        [
            ("search", "trials", Trials), ("limits", "max_parallel_trials", MaxParallelTrials), ("limits", "max_duration", MaxDuration),
            ("limits", "max_epochs_total", MaxEpochsTotal), ("limits", "max_trials", MaxTrials), ("limits", "max_gpu_hours", MaxGpuHours),
            ("limits", "target", Target), ("limits", "patience_trials", PatienceTrials),
        ];
        return all.Where(entry => entry.Item3 is not null).Select(entry => (entry.Item1, entry.Item2, Convert.ToString(entry.Item3, CultureInfo.InvariantCulture)!));
    }
}
