using Spectre.Console;
using Sweep.Coordinator.SweepFiles;
using Sweep.Shared;

namespace Sweep.Coordinator.Reports;

/// <summary>
/// Shows a running sweep. Both methods may be called from any thread and return at once: a task of the view's own writes to the console,
/// so that a slow terminal or a full pipe holds up nobody. Disposing writes what is still to be written and restores the terminal.
/// </summary>
public interface IProgressView : IAsyncDisposable
{
    /// <summary>Replaces what is shown of the sweep's state; a state that was replaced before it was drawn is never drawn.</summary>
    void Update(SweepProgress progress);

    /// <summary>Adds a line that stays. Every line is written, in the order of the calls.</summary>
    void Line(string text);
}

public static class ConsoleProgress
{
    /// <summary>Live bars where the console is a terminal that can redraw, plain lines where it is a file, a pipe or a dumb terminal.</summary>
    public static IProgressView For(IAnsiConsole console, SweepFacts sweep, TimeProvider time) =>
        console.Profile.Capabilities.Ansi && console.Profile.Out.IsTerminal
            ? new LiveProgressView(console, sweep)
            : new PlainProgressView(console.Profile.Out.Writer, sweep.Objective, time);
}
