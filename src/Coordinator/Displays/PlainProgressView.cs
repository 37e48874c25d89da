using System.Threading.Channels;

namespace Sweep.Coordinator.Displays;

/// <summary>Lines for a log: each as it comes, and the sweep's state when nothing was written for a minute.</summary>
public sealed class PlainProgressView : IProgressView
{
    private static readonly TimeSpan Quiet = TimeSpan.FromMinutes(1);

    private readonly Channel<Action> _writes = Channel.CreateUnbounded<Action>(new UnboundedChannelOptions { SingleReader = true });
    private readonly TextWriter _output;
    private readonly string _prefix;
    private readonly ITimer _timer;
    private readonly Task _writing;
    private volatile Func<SweepGlance?> _look = () => null;

    /// <param name="name">Begins every line; null where there is one sweep.</param>
    public PlainProgressView(TextWriter output, TimeProvider time, string? name = null)
    {
        (_output, _prefix) = (output, name is null ? "" : $"{name}: ");
        _timer = time.CreateTimer(_ => _writes.Writer.TryWrite(WriteState), null, Quiet, Timeout.InfiniteTimeSpan);
        _writing = Task.Run(WriteAsync);
    }

    public void Follow(Func<SweepGlance?> look) => _look = look;

    public void Line(string text) => _writes.Writer.TryWrite(() => Write(text));

    public async ValueTask DisposeAsync()
    {
        _writes.Writer.TryComplete();
        await _writing;
        await _timer.DisposeAsync();
    }

    private async Task WriteAsync()
    {
        await foreach (var write in _writes.Reader.ReadAllAsync())
        {
            write();
            _timer.Change(Quiet, Timeout.InfiniteTimeSpan);
        }
    }

    private void WriteState()
    {
        if (_look() is { } glance) Write(ProgressSentences.State(glance.Sweep));
    }

    private void Write(string line)
    {
        try
        {
            _output.WriteLine(_prefix + line);
            _output.Flush();
        }
        catch (IOException)
        {
            // A pipe that nobody reads any more ends the display, not the sweep.
        }
    }
}
