using System.Collections.Concurrent;
using System.Threading.Channels;
using Spectre.Console;

namespace Sweep.Coordinator.Reports;

/// <summary>Bars that are redrawn in place, at most ten times a second and only after a change; lines scroll by above them.</summary>
public sealed class LiveProgressView : IProgressView
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    private readonly IAnsiConsole _console;
    private readonly SweepFacts _sweep;
    private readonly ConcurrentQueue<string> _lines = new();
    private readonly Task _drawing;
    private SweepProgress _progress = new(0, null, 0, 0, [], null);

    /// <summary>Holds one wake-up at most: one that is still to be answered answers later ones too.</summary>
    private readonly Channel<bool> _changes = Channel.CreateBounded<bool>(
        new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });

    public LiveProgressView(IAnsiConsole console, SweepFacts sweep)
    {
        (_console, _sweep) = (console, sweep);
        _drawing = Task.Run(DrawAsync);
    }

    public void Update(SweepProgress progress)
    {
        Volatile.Write(ref _progress, progress);
        _changes.Writer.TryWrite(true);
    }

    public void Line(string text)
    {
        _lines.Enqueue(text);
        _changes.Writer.TryWrite(true);
    }

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

    private Rows Picture() => ProgressPicture.Of(_sweep, Volatile.Read(ref _progress), _console.Profile);
}
