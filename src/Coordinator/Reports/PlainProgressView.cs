using System.Threading.Channels;
using Sweep.Coordinator.SweepFiles;
using Sweep.Shared;

namespace Sweep.Coordinator.Reports;

/// <summary>Lines for a log: each as it comes, and the sweep's state when nothing was written for a minute.</summary>
public sealed class PlainProgressView : IProgressView
{
    private static readonly TimeSpan Quiet = TimeSpan.FromMinutes(1);

    private readonly Channel<Action> _writes = Channel.CreateUnbounded<Action>(new UnboundedChannelOptions { SingleReader = true });
    private readonly TextWriter _output;
    private readonly Objective _objective;
    private readonly string _prefix;
    private readonly TimeProvider _time;
    private readonly Task _writing;
    private long _lastWritten;

    /// <param name="name">Begins every line; null where there is one sweep.</param>
    public PlainProgressView(TextWriter output, Objective objective, TimeProvider time, string? name = null)
    {
        (_output, _objective, _time, _prefix) = (output, objective, time, name is null ? "" : $"{name}: ");
        _lastWritten = time.GetTimestamp();
        _writing = Task.Run(WriteAsync);
    }

    public void Update(SweepProgress progress)
    {
        if (IsQuiet()) _writes.Writer.TryWrite(() => { if (IsQuiet()) Write(ProgressSentences.State(_objective, progress)); });
    }

    public void Line(string text) => _writes.Writer.TryWrite(() => Write(text));

    public async ValueTask DisposeAsync()
    {
        _writes.Writer.TryComplete();
        await _writing;
    }

    private bool IsQuiet() => _time.GetElapsedTime(Volatile.Read(ref _lastWritten)) >= Quiet;

    private async Task WriteAsync()
    {
        await foreach (var write in _writes.Reader.ReadAllAsync()) write();
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
        Volatile.Write(ref _lastWritten, _time.GetTimestamp());
    }
}
