using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using Spectre.Console;

namespace Sweep.Coordinator.Displays;

/// <summary>The part of a <see cref="SweepDisplay"/> that shows one sweep.</summary>
/// <param name="number">The sweep's place in the display, from 0.</param>
public sealed class LiveProgressView(SweepDisplay display, int number) : IProgressView
{
    public void Follow(Func<SweepGlance?> look) => display.Follow(number, look);

    public void Line(string text) => display.LineOf(number, text);

    public ValueTask DisposeAsync() => display.DisposeAsync();
}

/// <summary>Pictures of sweeps, redrawn in place where they change; lines scroll by above them. At the end only the lines are left.</summary>
public sealed class SweepDisplay : IAsyncDisposable
{
    private static readonly TimeSpan ShortestPause = TimeSpan.FromMilliseconds(200), LongestPause = TimeSpan.FromSeconds(1);

    /// <summary>Looking at a large sweep takes a while, and must not take a core: so many times as long nobody looks, within limits.</summary>
    private const int Rest = 20;

    private readonly IAnsiConsole _console;
    private readonly IReadOnlyList<string> _sweeps;
    private readonly Func<SweepGlance?>[] _looks;
    private readonly ConcurrentQueue<string> _lines = new();
    private readonly Canvas _canvas = new();
    private readonly CancellationTokenSource _end = new();
    private readonly Task _drawing;
    private int _highest;
    private volatile bool _isForeign;

    /// <param name="sweeps">Their names, at least one; they share the console's height.</param>
    public SweepDisplay(IAnsiConsole console, IReadOnlyList<string> sweeps, TimeProvider time)
    {
        (_console, _sweeps) = (console, sweeps);
        _looks = [.. sweeps.Select(_ => (Func<SweepGlance?>)(() => null))];
        _drawing = Task.Run(() => DrawAsync(time));
    }

    public void Follow(int sweep, Func<SweepGlance?> look) => Volatile.Write(ref _looks[sweep], look);

    public void Line(string text) => _lines.Enqueue(PictureLine.Printable(text));

    public void LineOf(int sweep, string text) => Line(_sweeps.Count == 1 ? text : $"{_sweeps[sweep]}: {text}");

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        await _drawing;
    }

    private async Task DrawAsync(TimeProvider time)
    {
        // Whoever stopped this process by Ctrl-Z has had the terminal since.
        using var goesOn = OperatingSystem.IsWindows() ? null : PosixSignalRegistration.Create(PosixSignal.SIGCONT, _ => _isForeign = true);
        try
        {
            while (!_end.IsCancellationRequested)
            {
                var began = time.GetTimestamp();
                Draw(Picture());
                await PauseAsync(time.GetElapsedTime(began) * Rest, time);
            }
            Draw([]);
        }
        catch (IOException)
        {
            // A terminal that has gone away ends the display, not the sweep.
        }
    }

    private async Task PauseAsync(TimeSpan rest, TimeProvider time)
    {
        try
        {
            await Task.Delay(rest < ShortestPause ? ShortestPause : rest > LongestPause ? LongestPause : rest, time, _end.Token);
        }
        catch (OperationCanceledException)
        {
            // What is still to be shown is shown now.
        }
    }

    private void Draw(IReadOnlyList<PictureLine> picture)
    {
        if (_isForeign) _canvas.Forget();
        _isForeign = false;
        var lines = new List<string>();
        while (_lines.TryDequeue(out var line)) lines.Add(line);
        var frame = _canvas.Frame(lines, [.. picture.Select(line => (_console.ToAnsi(line.ToParagraph()), line.Width))], _console.Profile.Width);
        if (frame.Length == 0) return;
        _console.Profile.Out.Writer.Write(frame);
        _console.Profile.Out.Writer.Flush();
    }

    /// <summary>Once it was high, it stays so while there is room: what comes and goes does not move the rest.</summary>
    private List<PictureLine> Picture()
    {
        var room = RoomIn(_console.Profile.Height);
        var picture = SweepPictures.Of([.. _looks.Select(look => look()).OfType<SweepGlance>()], _console.Profile.Width - 1, room, _console.Profile.Capabilities.Unicode);
        _highest = Math.Min(Math.Max(_highest, picture.Count), room);
        while (picture.Count > 0 && picture.Count < _highest) picture.Add(PictureLine.Empty);
        return picture;
    }

    /// <summary>The cursor needs a line below, and lines that scroll by should be seen.</summary>
    private static int RoomIn(int height) => height < 20 ? Math.Max(1, height - 2) : height * 3 / 4;
}
