using System.Text;
using Sweep.Shared;

namespace Sweep.GpuWorker.Programs;

/// <summary><c>trials/7/trial.log</c>: what the trial's programs have printed, all attempts together, up to a limit. Safe from several threads.</summary>
internal sealed class TrialLog : IDisposable
{
    public const long Limit = 10 << 20;

    private readonly Lock _lock = new();
    private readonly StreamWriter? _file;
    private readonly AttemptId _attempt;
    private readonly TimeProvider _time;
    private bool _isFull;

    /// <summary>Where the run folder is out of reach, nothing is kept.</summary>
    public TrialLog(AttemptFolder folder, TimeProvider time)
    {
        (_attempt, _time) = (folder.Attempt, time);
        if (!Directory.Exists(folder.Storage)) return;
        try
        {
            Directory.CreateDirectory(folder.Trial);
            _file = new StreamWriter(new FileStream(
                Path.Combine(folder.Trial, "trial.log"), FileMode.Append, FileAccess.Write, FileShare.ReadWrite), new UTF8Encoding(false))
            { AutoFlush = true };
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            // The log is for people who look for a cause; the trial does not hang on it.
        }
    }

    public void Write(string line)
    {
        lock (_lock)
        {
            if (_file is null || _isFull) return;
            try
            {
                _isFull = _file.BaseStream.Length >= Limit;
                _file.WriteLine($"{_time.GetUtcNow():yyyy-MM-dd HH:mm:ss} {_attempt} {(_isFull ? $"more than {Limit >> 20} MiB: the rest is not kept" : line)}");
            }
            catch (IOException)
            {
                _isFull = true;
            }
        }
    }

    public void Dispose()
    {
        lock (_lock)
        {
            _isFull = true;
            _file?.Dispose();
        }
    }
}
