using Npgsql;

namespace Sweep.Coordinator.Terms;

/// <summary>
/// A term in PostgreSQL, renewed on a thread of its own. A process that cannot renew it, because it is frozen or cut off, does not
/// hold it any more long before another one takes it.
/// </summary>
public sealed class HeldTerm : ITerm
{
    private readonly TermTable _table;
    private readonly TimeProvider _time;
    private readonly TaskCompletionSource _lost = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly ManualResetEventSlim _isOver = new();
    private readonly Thread _thread;
    private long _renewed;

    private HeldTerm(TermTable table, long number, long asked, TimeProvider time)
    {
        (_table, Number, _renewed, _time) = (table, number, asked, time);
        _thread = new Thread(Renew) { IsBackground = true, Name = "term" };
        _thread.Start();
    }

    public long Number { get; }

    public bool IsOurs => !_lost.Task.IsCompleted && _time.GetElapsedTime(Volatile.Read(ref _renewed)) < TermWatch.Validity;

    public Task Lost => _lost.Task;

    /// <summary>Waits until nobody else is at work on the sweep, and is from then on.</summary>
    /// <param name="name">Of the run, for people.</param>
    /// <param name="standby">Told who is at work, once for each; null where that one is a reason to give up.</param>
    /// <param name="looked">Told after every look at the term of another one: null, or why it could not be read.</param>
    /// <exception cref="IOException">Another coordinator is at work.</exception>
    /// <exception cref="NpgsqlException">The server cannot be reached, and nobody asked to wait.</exception>
    public static async Task<HeldTerm> TakeAsync(
        TermTable table, string name, Action<string>? standby, TimeProvider time, Action<string?>? looked = null)
    {
        var self = $"{Environment.ProcessId} on {Environment.MachineName}";
        var watch = new TermWatch();
        var started = time.GetTimestamp();
        string? told = null;
        var hasTable = false;
        using var timer = new PeriodicTimer(TermWatch.RenewalInterval / 2, time);
        while (true)
        {
            if (TryTake() is { } term) return term;
            await timer.WaitForNextTickAsync();
        }

        HeldTerm? TryTake()
        {
            try
            {
                if (!hasTable) table.Create();
                hasTable = true;
                var row = table.Read();
                looked?.Invoke(null);
                var verdict = watch.Look(row, time.GetElapsedTime(started));
                if (verdict == TermVerdict.AtWork) OnAtWork(row!.Holder!);
                if (verdict != TermVerdict.MayTake) return null;
                var asked = time.GetTimestamp();
                return table.Take(row, self) is { } number ? new HeldTerm(table, number, asked, time) : null;
            }
            catch (NpgsqlException exception) when (standby is not null)
            {
                looked?.Invoke(exception.Message);
                watch.Forget();
                return null;
            }
        }

        void OnAtWork(string holder)
        {
            if (standby is null)
                throw new IOException($"{name}: another coordinator is at work here (process {holder}); end it, or add --standby to take over when it ends");
            if (told != holder) standby($"standing by: process {holder} is at work on {name}");
            told = holder;
        }
    }

    public ValueTask DisposeAsync()
    {
        _isOver.Set();
        _thread.Join();
        try
        {
            _table.Release(Number);
        }
        catch (NpgsqlException)
        {
            // The next coordinator finds out by its silence.
        }
        return ValueTask.CompletedTask;
    }

    private void Renew()
    {
        while (!_isOver.Wait(TermWatch.RenewalInterval))
        {
            // What counts is when we asked: a process may be frozen between question and answer.
            var asked = _time.GetTimestamp();
            try
            {
                if (_table.Renew(Number))
                {
                    Volatile.Write(ref _renewed, asked);
                    continue;
                }
                _lost.TrySetResult();
                return;
            }
            catch (NpgsqlException)
            {
                // Without the store the sweep stands still, and nobody else can take it.
            }
        }
    }
}
