using System.CommandLine;
using Sweep.Coordinator.Api;

namespace Sweep.Coordinator.Commands;

/// <summary><c>workers</c>: who trains, and on what.</summary>
internal static class WorkersCommand
{
    public static Command Create() => ApiCommand
        .OfRun("workers", "Who trains for a sweep, and on what. Example: coordinator workers runs/a")
        .Asks(
            (_, sweep) => sweep.GetAsync("/workers"),
            answer => WorkersText.Write(CommandConsole.Open(), answer.As(LenientApiJson.Context.WorkersDocument)));
}
