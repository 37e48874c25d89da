using System.CommandLine;

namespace Sweep.Coordinator.Commands;

/// <summary><c>extend</c>: raises limits of a sweep that runs.</summary>
internal static class ExtendCommand
{
    public static Command Create()
    {
        Option[] limits =
        [
            Raised<int?>("--trials", "N"), Raised<int?>("--max-parallel-trials", "N"), Raised<string?>("--max-duration", "TIME"), Raised<int?>("--max-epochs-total", "N"),
            Raised<int?>("--max-trials", "N"), Raised<double?>("--max-gpu-hours", "HOURS"), Raised<double?>("--target", "VALUE"), Raised<int?>("--patience-trials", "N"),
        ];
        return ApiCommand
            .OfRun("extend", "Raises a sweep's number of trials, and its limits, while it runs. Example: coordinator extend runs/a --trials 200 --max-duration 24h")
            .With(limits)
            .Asks((parsed, sweep) => sweep.PostAsync("/extend", Wanted(parsed, limits)), _ => Console.WriteLine("extended"));
    }

    /// <summary>Those that were given, by their names in the sweep file.</summary>
    private static Dictionary<string, object?> Wanted(ParseResult parsed, Option[] limits) => limits
        .Where(option => parsed.GetResult(option) is not null)
        .ToDictionary(option => option.Name.TrimStart('-').Replace('-', '_'), option => parsed.GetResult(option)!.GetValueOrDefault<object?>());

    private static Option<T> Raised<T>(string name, string help) => new(name) { Description = "What the sweep file is to say from now on", HelpName = help };
}
