using Spectre.Console;

namespace Sweep.Coordinator.Displays;

/// <summary>
/// Shows a running sweep. Both methods may be called from any thread and return at once: a task of the view's own writes to the console,
/// so that a slow terminal or a full pipe holds up nobody. Disposing writes what is still to be written and restores the terminal.
/// </summary>
public interface IProgressView : IAsyncDisposable
{
    /// <summary>Shows the sweep's state from now on, as <paramref name="look"/> finds it whenever the view looks; null for nothing to be shown yet.</summary>
    void Follow(Func<SweepGlance?> look);

    /// <summary>Adds a line that stays. Every line is written, in the order of the calls.</summary>
    void Line(string text);
}

/// <summary>The views of sweeps that share a console, in the order of the sweeps. Where there are several, lines say of which they are.</summary>
public sealed class ConsoleProgress : IAsyncDisposable
{
    private readonly IProgressView[] _views;
    private readonly Action<string> _line;

    private ConsoleProgress(IProgressView[] views, Action<string> line) => (_views, _line) = (views, line);

    public IProgressView this[int sweep] => _views[sweep];

    /// <summary>Adds a line that is of no sweep alone.</summary>
    public void Line(string text) => _line(text);

    /// <summary>A picture that is redrawn where the console is a terminal that can, plain lines where it is a file, a pipe or a dumb terminal.</summary>
    /// <param name="sweeps">Their names.</param>
    public static ConsoleProgress For(IAnsiConsole console, IReadOnlyList<string> sweeps, TimeProvider time)
    {
        if (IsTerminal(console))
        {
            var display = new SweepDisplay(console, sweeps, time);
            return new ConsoleProgress([.. sweeps.Select((_, number) => new LiveProgressView(display, number))], display.Line);
        }
        var output = TextWriter.Synchronized(console.Profile.Out.Writer);
        var views = sweeps.Select(name => new PlainProgressView(output, time, sweeps.Count == 1 ? null : name)).ToArray();
        if (views is [var only]) return new ConsoleProgress([only], only.Line);
        var common = new PlainProgressView(output, time);
        return new ConsoleProgress([.. views, common], common.Line);
    }

    public static bool IsTerminal(IAnsiConsole console) => console.Profile.Capabilities.Ansi && console.Profile.Out.IsTerminal;

    public async ValueTask DisposeAsync()
    {
        foreach (var view in _views) await view.DisposeAsync();
    }
}
