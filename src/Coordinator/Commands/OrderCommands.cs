using System.CommandLine;

namespace Sweep.Coordinator.Commands;

/// <summary><c>stop</c>, <c>pause</c> and <c>resume</c>: orders that need no more than their names.</summary>
internal static class OrderCommands
{
    public static Command Stop()
    {
        var trial = new Option<int?>("--trial") { Description = "End this trial alone, with what it has measured", HelpName = "N" };
        return ApiCommand
            .OfRun("stop", "Ends the sweep now; coordinator --resume RUN goes on with it. Example: coordinator stop runs/a")
            .With(trial)
            .Asks(
                (parsed, sweep) => sweep.PostAsync(parsed.GetValue(trial) is { } number ? $"/trials/{number}/stop" : "/stop"),
                answer => Console.WriteLine(answer.Parsed.GetValue(trial) is { } number ? $"trial {number} has ended" : "stopped: coordinator --resume goes on"));
    }

    public static Command Pause() => Order(
        "pause", "Takes workers their trials, and gives them none until the sweep is resumed. Example: coordinator pause runs/a", "paused: coordinator resume goes on");

    public static Command Resume() => Order("resume", "Goes on with a sweep that was paused. Example: coordinator resume runs/a", "the sweep goes on");

    private static Command Order(string name, string description, string done) =>
        ApiCommand.OfRun(name, description).Asks((_, sweep) => sweep.PostAsync($"/{name}"), _ => Console.WriteLine(done));
}
