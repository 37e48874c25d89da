using System.CommandLine;
using Sweep.Coordinator.Api;

namespace Sweep.Coordinator.Commands;

/// <summary><c>status</c>: how a sweep is doing.</summary>
internal static class StatusCommand
{
    public static Command Create() => ApiCommand
        .OfRun("status", "How a sweep is doing. Examples: coordinator status; coordinator status runs/a --json")
        .Asks(
            (_, sweep) => sweep.GetAsync(""),
            answer => StatusText.Write(CommandConsole.Open(), answer.As(LenientApiJson.Context.SweepDocument), answer.Sweep.IsLive));
}
