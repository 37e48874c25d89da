using System.CommandLine;

namespace Sweep.Coordinator.Commands;

/// <summary><c>verify RUN</c>: whether what a run holds is all true.</summary>
internal static class VerifyCommand
{
    public static Command Create()
    {
        var run = new Argument<string>("RUN") { Description = "The run folder" };
        var store = StoreOption.Create();
        var command = new Command("verify", "Audits a run: its events, its leaderboard, its checkpoints. Exit code 1, and a list, where something is wrong.") { run, store };
        command.SetAction((parsed, _) => Launch.VerifyAsync(parsed.GetValue(run)!, store.Read(parsed)));
        return command;
    }
}
