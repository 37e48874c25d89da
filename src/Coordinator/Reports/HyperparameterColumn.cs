namespace Sweep.Coordinator.Reports;

/// <summary>A hyperparameter's values in a table of trials.</summary>
internal static class HyperparameterColumn
{
    public static ConsoleColumn<LeaderboardRow> Of(string name) =>
        new(name, row => row.Hyperparameters[name] is { } value ? Figures.Compact(value) : Figures.Absent);
}
