using Sweep.Coordinator.Reports;
using Sweep.Coordinator.SweepFiles;
using Sweep.Shared;

namespace Sweep.Coordinator.Views;

/// <summary>Something that trials can be sorted and filtered by.</summary>
public sealed record TrialColumn(string Name, Func<LeaderboardRow, TrialValue> ValueOf)
{
    private const string HyperparameterPrefix = "hyperparameters.";

    /// <summary>Best first; trials without a rank come last.</summary>
    public static TrialColumn Rank { get; } = new("rank", row => TrialValue.Of(row.Rank));

    /// <summary>As <see cref="Rank"/>, and trials that go on take part by what they have reached.</summary>
    public static TrialColumn Lead { get; } = new("lead", row => TrialValue.Of(row.Objective));

    private static readonly Dictionary<string, TrialColumn> Fixed = new TrialColumn[]
    {
        Rank,
        Lead,
        new("trial", row => TrialValue.Of(row.Trial.Number)),
        new("outcome", row => TrialValue.Of(Figures.SnakeCase(row.Outcome))),
        new("verdict", row => TrialValue.Of(Figures.SnakeCase(row.Verdict))),
        new("objective", row => TrialValue.Of(row.Objective)),
        new("objective_epoch", row => TrialValue.Of(row.ObjectiveEpoch)),
        new("held_out_loss", row => TrialValue.Of(row.HeldOutLoss)),
        new("best_test_accuracy", row => TrialValue.Of(row.BestTestAccuracy)),
        new("test_accuracy", row => TrialValue.Of(row.TestAccuracy)),
        new("train_accuracy", row => TrialValue.Of(row.TrainAccuracy)),
        new("gap", row => TrialValue.Of(row.Gap)),
        new("onset_epoch", row => TrialValue.Of(row.OnsetEpoch)),
        new("epochs_trained", row => TrialValue.Of(row.EpochsTrained)),
        new("parameters", row => TrialValue.Of(row.Parameters)),
        new("images_per_second", row => TrialValue.Of(row.ImagesPerSecond)),
        new("seconds", row => TrialValue.Of(row.Seconds)),
        new("peak_memory_bytes", row => TrialValue.Of(row.PeakMemoryBytes)),
        new("attempts", row => TrialValue.Of(row.Attempts)),
        new("worker", row => TrialValue.Of(row.Worker)),
        new("detail", row => TrialValue.Of(row.Detail)),
    }.ToDictionary(column => column.Name);

    /// <summary>A column of every leaderboard, the objective by the name of its metric, or a hyperparameter; null where there is none of this name.</summary>
    public static TrialColumn? Find(string name, SweepDefinition sweep)
    {
        if (Fixed.TryGetValue(name, out var known)) return known;
        if (name == sweep.Objective.Name) return Fixed["objective"];
        var parameter = name.StartsWith(HyperparameterPrefix, StringComparison.Ordinal) ? name[HyperparameterPrefix.Length..] : name;
        return sweep.Space.Parameters.Any(candidate => candidate.Name == parameter)
            ? new TrialColumn(HyperparameterPrefix + parameter, row => TrialValue.Of(row.Hyperparameters[parameter]))
            : null;
    }

    /// <summary>Names that <see cref="Find"/> knows.</summary>
    public static IEnumerable<string> NamesIn(SweepDefinition sweep) =>
        [.. Fixed.Keys, sweep.Objective.Name, .. sweep.Space.Parameters.Select(parameter => parameter.Name)];
}

/// <summary>A number, or else a text, or neither. Numbers come before texts.</summary>
public readonly record struct TrialValue(double? Number, string? Text)
{
    public bool Exists => Number is not null || Text is not null;

    public static TrialValue Of(double? number) => new(number is { } value && double.IsFinite(value) ? value : null, null);

    public static TrialValue Of(string? text) => new(null, text);

    public static TrialValue Of(HyperparameterValue? value) => value switch
    {
        null => default,
        HyperparameterValue.Number or HyperparameterValue.Integer => Of(value.AsDouble()),
        _ => Of(value.ToString()),
    };

    public int CompareTo(TrialValue other) => (Number, other.Number) switch
    {
        ({ } left, { } right) => left.CompareTo(right),
        ({ }, null) => -1,
        (null, { }) => 1,
        _ => string.CompareOrdinal(Text, other.Text),
    };
}
