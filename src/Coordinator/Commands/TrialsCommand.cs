using System.CommandLine;
using Sweep.Coordinator.Api;

namespace Sweep.Coordinator.Commands;

/// <summary><c>trials</c>: a sweep's trials, sorted and filtered.</summary>
internal static class TrialsCommand
{
    public static Command Create()
    {
        var sort = new Option<string>("--sort") { Description = "A column, downward with - in front", HelpName = "COLUMN", DefaultValueFactory = _ => "rank" };
        var filter = new Option<string[]>("--filter") { Description = "column=value, !=, <, <=, >, >=, ~ (contains), or a text to find; may be given again", HelpName = "FILTER" };
        var limit = new Option<int>("--limit") { Description = "At most so many", HelpName = "N", DefaultValueFactory = _ => 20 };
        var offset = new Option<int>("--offset") { Description = "Leave out so many", HelpName = "N" };
        return ApiCommand
            .OfRun("trials", "A sweep's trials, best first. Example: coordinator trials runs/a --sort -gap --filter outcome=completed --filter 'learning_rate>0.01'")
            .With(sort, filter, limit, offset)
            .Asks((parsed, sweep) => sweep.GetAsync(PathOf(parsed)), WriteAsync);

        string PathOf(ParseResult parsed)
        {
            var filters = string.Concat((parsed.GetValue(filter) ?? []).Select(text => $"&filter={Uri.EscapeDataString(text)}"));
            return $"/trials?sort={Uri.EscapeDataString(parsed.GetValue(sort)!)}&limit={parsed.GetValue(limit)}&offset={parsed.GetValue(offset)}{filters}";
        }
    }

    private static async Task WriteAsync(Answer answer)
    {
        var sweep = await answer.Sweep.GetAsync("", LenientApiJson.Context.SweepDocument);
        TrialsText.Write(CommandConsole.Open(), sweep, answer.As(LenientApiJson.Context.TrialPage));
    }
}
