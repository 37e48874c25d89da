using Sweep.Shared;

namespace Sweep.Coordinator.Trials;

/// <summary>
/// Where a trial's network comes from: whose epochs it was trained in, with which hyperparameters, from its beginning to now. Of a population that
/// shared its networks out, the schedule of hyperparameters that it has found.
/// </summary>
public sealed record Lineage(ValueArray<LineageSegment> Segments)
{
    /// <summary>Of a trial that has taken over no other one's network, one segment; none before its first epoch.</summary>
    /// <param name="trials">Any trial by its number.</param>
    public static Lineage Of(Func<TrialId, TrialState> trials, TrialId id)
    {
        var segments = new List<LineageSegment>();
        for (var (trial, last) = (trials(id), trials(id).Reports.Count); last > 0;)
        {
            var exploit = trial.Exploits.LastOrDefault(exploit => exploit.Epoch < last);
            segments.Add(LineageSegment.Of(trial, (exploit?.Epoch ?? 0) + 1, last));
            (trial, last) = exploit is null ? (trial, 0) : (trials(exploit.Source), exploit.Epoch);
        }
        segments.Reverse();
        return new Lineage(segments.ToValueArray());
    }

    /// <summary>One for each epoch.</summary>
    public IEnumerable<(int Epoch, double LearningRate)> LearningRates =>
        Segments.SelectMany(segment => segment.LearningRates.Select((rate, index) => (segment.FirstEpoch + index, rate)));
}

/// <summary>Epochs that one trial trained with the same hyperparameters.</summary>
/// <param name="LearningRates">Of each epoch's last step, as the worker reported it.</param>
public sealed record LineageSegment(TrialId Trial, int FirstEpoch, int LastEpoch, Hyperparameters Hyperparameters, ValueArray<double> LearningRates)
{
    internal static LineageSegment Of(TrialState trial, int first, int last) => new(
        trial.Id, first, last, trial.HyperparametersAt(last),
        trial.Reports.Skip(first - 1).Take(last - first + 1).Select(report => report.LearningRate ?? double.NaN).ToValueArray());
}
