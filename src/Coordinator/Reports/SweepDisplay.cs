using System.Collections.Concurrent;
using System.Threading.Channels;
using Spectre.Console;

namespace Sweep.Coordinator.Reports;

/// <summary>The part of a <see cref="SweepDisplay"/> that shows one sweep.</summary>
/// <param name="number">The sweep's place in the display, from 0.</param>
public sealed class LiveProgressView(SweepDisplay display, int number) : IProgressView
{
    public void Update(SweepProgress progress) => display.Update(number, progress);

    public void Line(string text) => display.LineOf(number, text);

    public ValueTask DisposeAsync() => display.DisposeAsync();
}

/// <summary>Bars that are redrawn in place, at most ten times a second and only after a change; lines scroll by above them.</summary>
public sealed class SweepDisplay : IAsyncDisposable
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    private readonly IAnsiConsole _console;
    private readonly IReadOnlyList<SweepFacts> _sweeps;
    private readonly SweepProgress[] _progress;
    private readonly ConcurrentQueue<string> _lines = new();
    private readonly Task _drawing;

    /// <summary>Holds one wake-up at most: one that is still to be answered answers later ones too.</summary>
    private readonly Channel<bool> _changes = Channel.CreateBounded<bool>(
        new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });

    /// <param name="sweeps">At least one; they share the console's height.</param>
    public SweepDisplay(IAnsiConsole console, IReadOnlyList<SweepFacts> sweeps)
    {
        (_console, _sweeps) = (console, sweeps);
        _progress = [.. sweeps.Select(_ => new SweepProgress(0, null, 0, 0, [], null))];
        _drawing = Task.Run(DrawAsync);
    }

    public void Update(int sweep, SweepProgress progress)
    {
        Volatile.Write(ref _progress[sweep], progress);
        _changes.Writer.TryWrite(true);
    }

    public void Line(string text)
    {
        _lines.Enqueue(text);
        _changes.Writer.TryWrite(true);
    }

    public void LineOf(int sweep, string text) => Line(_sweeps.Count == 1 ? text : $"{_sweeps[sweep].Name}: {text}");

    public async ValueTask DisposeAsync()
    {
        _changes.Writer.TryComplete();
        await _drawing;
    }

    private async Task DrawAsync()
    {
        try
        {
            await _console.Live(Picture()).AutoClear(true).StartAsync(DrawUntilDisposedAsync);
        }
        catch (IOException)
        {
            // A terminal that has gone away ends the display, not the sweep.
        }
    }

    private async Task DrawUntilDisposedAsync(LiveDisplayContext live)
    {
        do
        {
            Draw(live);
            await Task.Delay(Pause);
        }
        while (await _changes.Reader.WaitToReadAsync() && _changes.Reader.TryRead(out _));
        Draw(live);
    }

    /// <summary>A line is padded to the console's width, since it is written over the bars.</summary>
    private void Draw(LiveDisplayContext live)
    {
        while (_lines.TryDequeue(out var line)) _console.Write(Align.Left(new Text(line)));
        live.UpdateTarget(Picture());
    }

    private Rows Picture() =>
        new(_sweeps.Select((sweep, number) => ProgressPicture.Of(sweep, Volatile.Read(ref _progress[number]), _console.Profile, _sweeps.Count)));
}
