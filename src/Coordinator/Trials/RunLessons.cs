using Sweep.Coordinator.Samplers;
using Sweep.Coordinator.SweepFiles;
using Sweep.Shared;

namespace Sweep.Coordinator.Trials;

/// <summary>What an earlier run teaches a sweep: results of configurations that the sweep might have proposed itself.</summary>
/// <param name="Run">Its folder, as the sweep file gives it.</param>
/// <param name="Lessons">In the order in which they were proposed there.</param>
/// <param name="Outside">Configurations that have ended, and whose values lie outside of the search space.</param>
/// <param name="Otherwise">That were trained with other settings besides: another data set, more epochs …</param>
public sealed record RunLessons(string Run, ValueArray<Lesson> Lessons, int Outside, int Otherwise)
{
    /// <param name="sweep">That learns.</param>
    /// <param name="earlier">Of the run; what has not ended in it teaches nothing.</param>
    public static RunLessons Of(SweepDefinition sweep, string run, SweepState earlier)
    {
        var (lessons, outside, otherwise) = (new List<Lesson>(), 0, 0);
        foreach (var replicates in earlier.Trials.GroupBy(trial => trial.ConfigurationHash))
        {
            if (ConfigurationOutcome.Of(sweep.Objective, replicates, sweep.FurtherObjectives) is not { } outcome) continue;
            if (Translated(sweep, earlier.Definition, replicates.First().Hyperparameters) is not { } hyperparameters) outside++;
            else if (replicates.Any(trial => trial.Exploits.Count > 0) || HashOf(sweep, hyperparameters) != outcome.ConfigurationHash) otherwise++;
            else lessons.Add(new Lesson(hyperparameters, outcome.ConfigurationHash, outcome.Losses, outcome.IsPartial, outcome.FurtherLosses));
        }
        return new RunLessons(run, lessons.ToValueArray(), outside, otherwise);
    }

    public override string ToString()
    {
        var left = new List<string>();
        if (Outside > 0) left.Add($"{Outside} lie outside of the search space");
        if (Otherwise > 0) left.Add($"{Otherwise} were trained with other settings");
        return $"learned from {Lessons.Count} configurations of {Run}{(left.Count > 0 ? $"; {string.Join(" and ", left)}" : "")}";
    }

    /// <summary>The same configuration in the sweep's own parameters; null where it has none.</summary>
    private static Hyperparameters? Translated(SweepDefinition sweep, SweepDefinition earlier, Hyperparameters hyperparameters)
    {
        var fits = true;
        var translated = sweep.Space.FromValues(parameter =>
        {
            var value = earlier.Space.ValueOf(parameter.Name, hyperparameters);
            fits &= value is not null && parameter.Domain.Contains(value);
            return value ?? parameter.Domain.FromUnit(0);
        });
        return fits && sweep.Space.Contains(translated) ? translated : null;
    }

    private static string HashOf(SweepDefinition sweep, Hyperparameters hyperparameters) => sweep.Space.Resolve(sweep.Base, hyperparameters).CanonicalHash();
}

/// <summary>See <see cref="Observation"/>.</summary>
public sealed record Lesson(
    Hyperparameters Hyperparameters, string ConfigurationHash, ValueArray<double> Losses, bool IsPartial, ValueArray<double> FurtherLosses)
{
    public Observation ToObservation() => new(Hyperparameters, ConfigurationHash, Losses, IsPartial) { FurtherLosses = FurtherLosses };
}
