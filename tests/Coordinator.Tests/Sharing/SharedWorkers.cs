using Sweep.Coordinator.Sharing;
using Sweep.Shared;

namespace Sweep.Coordinator.Tests.Sharing;

/// <param name="Demand">How many workers the sweep could use, by the time in seconds.</param>
/// <param name="Trial">Draws how long a trial takes, in seconds.</param>
internal sealed record SimulatedSweep(SweepId Sweep, int Weight, Func<double, int> Demand, Func<Random, double> Trial, int Priority = 0);

/// <summary>Workers under a virtual clock, and sweeps that they are offered to as <see cref="Coordinator.Actors.WorkerPoolActor"/> does.</summary>
internal sealed class SharedWorkers
{
    private readonly SlotLedger _ledger = new();
    private readonly PriorityQueue<int, double> _ends = new();
    private readonly Dictionary<SweepId, SimulatedSweep> _sweeps;
    private readonly Dictionary<SweepId, int> _held = [];
    private readonly SweepId?[] _workers;
    private readonly Random _random;
    private double _now;

    public SharedWorkers(int workers, int seed, params SimulatedSweep[] sweeps)
    {
        (_workers, _random) = (new SweepId?[workers], new Random(seed));
        _sweeps = sweeps.ToDictionary(sweep => sweep.Sweep);
        foreach (var sweep in sweeps)
        {
            _ledger.Open(sweep.Sweep, sweep.Weight, sweep.Priority);
            (_held[sweep.Sweep], Seconds[sweep.Sweep], LongestWait[sweep.Sweep], _since[sweep.Sweep]) = (0, 0, 0, 0);
        }
    }

    private readonly Dictionary<SweepId, double> _since = [];

    /// <summary>For which workers trained for each sweep.</summary>
    public Dictionary<SweepId, double> Seconds { get; } = [];

    /// <summary>The longest time for which each sweep could have used a worker and held none.</summary>
    public Dictionary<SweepId, double> LongestWait { get; } = [];

    /// <summary>Time for which workers were idle while some sweep could have used them.</summary>
    public double Wasted { get; private set; }

    /// <param name="poll">Idle workers ask again after so many seconds.</param>
    public void Run(double until, double poll = 1)
    {
        for (var worker = 0; worker < _workers.Length; worker++) _ends.Enqueue(worker, _now);
        while (_ends.TryDequeue(out var worker, out var at) && at <= until)
        {
            Pass(at);
            if (_workers[worker] is { } held)
            {
                _workers[worker] = null;
                Hold(held, -1);
            }
            _ends.Enqueue(worker, Offer() is { } taker ? _now + Begin(worker, taker) : _now + poll);
        }
        Pass(until);
    }

    private double Begin(int worker, SimulatedSweep taker)
    {
        _workers[worker] = taker.Sweep;
        return taker.Trial(_random);
    }

    private SimulatedSweep? Offer()
    {
        var declined = new List<SweepId>();
        foreach (var id in _ledger.Turn(TimeSpan.FromSeconds(_now)))
        {
            var sweep = _sweeps[id];
            _ledger.Offered(id);
            _ledger.Answered(id);
            if (_held[id] >= sweep.Demand(_now))
            {
                declined.Add(id);
                continue;
            }
            _ledger.Settle(declined, id);
            Hold(id, 1);
            return sweep;
        }
        _ledger.Settle(declined, null);
        return null;
    }

    private void Hold(SweepId sweep, int change)
    {
        if (_held[sweep] == 0) LongestWait[sweep] = Math.Max(LongestWait[sweep], _now - _since[sweep]);
        _held[sweep] += change;
        _since[sweep] = _now;
        _ledger.Holds(sweep, _held[sweep], TimeSpan.FromSeconds(_now));
    }

    private void Pass(double to)
    {
        foreach (var (sweep, held) in _held)
        {
            Seconds[sweep] += held * (to - _now);
            if (held == 0 && _sweeps[sweep].Demand(_now) == 0) _since[sweep] = to;
        }
        var idle = _workers.Count(worker => worker is null);
        var unmet = _held.Sum(entry => Math.Max(0, _sweeps[entry.Key].Demand(_now) - entry.Value));
        Wasted += Math.Min(idle, unmet) * (to - _now);
        _now = to;
    }
}
