using System.Globalization;
using System.Text.RegularExpressions;
using Sweep.Coordinator.Reports;
using Sweep.Coordinator.SweepFiles;

namespace Sweep.Coordinator.Views;

/// <summary>
/// One condition on a trial: <c>outcome=completed|stopped</c>, <c>learning_rate&gt;=0.01</c>, <c>worker~node-3</c> (contains), or a bare text that
/// hyperparameters, outcome, worker or detail contain.
/// </summary>
public sealed partial class TrialFilter
{
    private readonly Func<LeaderboardRow, bool> _passes;

    private TrialFilter(Func<LeaderboardRow, bool> passes) => _passes = passes;

    public bool Passes(LeaderboardRow row) => _passes(row);

    /// <exception cref="FormatException">There is no such column, or it is compared with what is no number; the message says what to do.</exception>
    public static TrialFilter Parse(string text, SweepDefinition sweep)
    {
        if (Condition().Match(text) is not { Success: true } match) return new TrialFilter(row => ContainsAnywhere(row, text.Trim()));
        var (name, comparison, value) = (match.Groups["name"].Value, match.Groups["op"].Value, match.Groups["value"].Value.Trim());
        var column = TrialColumn.Find(name, sweep)
            ?? throw new FormatException($"filter: there is no column `{name}`; {NearestName.Advice(name, [.. TrialColumn.NamesIn(sweep)])}");
        return comparison switch
        {
            "~" => new TrialFilter(row => TextOf(column.ValueOf(row)).Contains(value, StringComparison.OrdinalIgnoreCase)),
            "=" or "!=" => Equal(column, value.Split('|', StringSplitOptions.TrimEntries), comparison == "="),
            _ => Compare(column, comparison, value),
        };
    }

    private static TrialFilter Equal(TrialColumn column, string[] values, bool equal) => new(row =>
    {
        var value = column.ValueOf(row);
        return equal == values.Any(other => value.Number is { } number
            ? double.TryParse(other, CultureInfo.InvariantCulture, out var wanted) && wanted == number
            : WithoutSpaces(TextOf(value)).Equals(WithoutSpaces(other), StringComparison.OrdinalIgnoreCase));
    });

    private static TrialFilter Compare(TrialColumn column, string comparison, string value)
    {
        if (!double.TryParse(value, CultureInfo.InvariantCulture, out var limit))
            throw new FormatException($"filter: `{column.Name}{comparison}{value}` compares with what is no number; give one, or use = or ~");
        return new(row => column.ValueOf(row).Number is { } number && comparison switch
        {
            "<" => number < limit,
            "<=" => number <= limit,
            ">" => number > limit,
            _ => number >= limit,
        });
    }

    private static bool ContainsAnywhere(LeaderboardRow row, string text) =>
        new[] { row.Hyperparameters.ToString(), Figures.SnakeCase(row.Outcome), Figures.SnakeCase(row.Verdict), row.Worker, row.Detail }
            .Any(field => field?.Contains(text, StringComparison.OrdinalIgnoreCase) == true);

    private static string TextOf(TrialValue value) => value.Text ?? value.Number?.ToString("R", CultureInfo.InvariantCulture) ?? "";

    private static string WithoutSpaces(string text) => text.Replace(" ", "", StringComparison.Ordinal);

    [GeneratedRegex(@"^\s*(?<name>[a-z_.0-9]+)\s*(?<op>!=|<=|>=|=|<|>|~)(?<value>.*)$", RegexOptions.Singleline)]
    private static partial Regex Condition();
}
