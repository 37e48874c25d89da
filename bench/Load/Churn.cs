using System.Diagnostics;
using Sweep.Tests.Processes;

namespace Sweep.Bench.Load;

/// <summary>
/// Real worker processes that come and go: every minute a share of them is killed without a word, and replaced. Near the end the coordinator is
/// killed too, and resumed.
/// </summary>
/// <param name="share">Of the workers, killed every minute.</param>
internal sealed class Churn(int workers, double share, TimeSpan duration, TimeSpan epoch, int epochs)
{
    /// <summary>After the last kill, until its trial is surely back at work.</summary>
    private readonly TimeSpan _rest = Least(TimeSpan.FromSeconds(20), duration);

    /// <summary>Until the coordinator, killed, is so too.</summary>
    private readonly TimeSpan _restart = Least(TimeSpan.FromSeconds(90), duration);

    private readonly Random _random = new(5);
    private readonly Dictionary<string, RunningProgram> _running = [];
    private readonly Dictionary<string, DateTimeOffset> _killed = [];
    private TimeSpan _workersCpu;
    private int _started;

    /// <returns>Whether all held that must.</returns>
    public async Task<bool> RunAsync()
    {
        var trials = (int)(workers * (duration + _rest + _restart) / (epoch * epochs));
        using var run = new TemporaryRun(LoadSweep.Yaml(trials, epochs));
        using var coordinator = new CoordinatorUnderLoad(run);
        try
        {
            await coordinator.ListensAsync();
            for (var index = 0; index < workers; index++) Start(coordinator.Address);
            var ready = await UntilAsync(async () => await coordinator.MetricAsync("sweep_workers") >= workers);
            Console.WriteLine($"{workers} workers are there after {ready.TotalSeconds:0} s");

            var (cpu, bytes, clock) = (coordinator.Cpu, ProcessCost.LoopbackBytes(), Stopwatch.StartNew());
            var workersCpu = WorkersCpu();
            await ChurnAsync(coordinator, duration);
            if (coordinator.HasExited)
            {
                Console.WriteLine($"the coordinator was downed after {_killed.Count} workers were killed, in {clock.Elapsed.TotalMinutes:0.0} minutes:\n{coordinator.Output}");
                return false;
            }
            var (busy, idle) = (coordinator.Cpu - cpu, WorkersCpu() - workersCpu);
            var share = busy / clock.Elapsed;
            Console.WriteLine($"killed and replaced: {_killed.Count} workers in {clock.Elapsed.TotalMinutes:0.0} minutes; no coordinator was downed");
            Console.WriteLine($"coordinator: {share:0.0%} of a core; a worker: {idle / clock.Elapsed / workers:0.00%} of a core; loopback: {(ProcessCost.LoopbackBytes() - bytes) / clock.Elapsed.TotalSeconds / 1000:0.0} kB/s");

            var back = await RestartAsync(coordinator);
            Console.WriteLine($"a coordinator that was killed and resumed has all its workers again after {back.TotalSeconds:0.0} s");
            var code = await coordinator.ExitAsync(duration + TimeSpan.FromMinutes(10));
            var (isRight, verified) = await coordinator.VerifyAsync();
            var delays = Delays(run.Folder);
            Console.WriteLine($"a killed worker's trial ran elsewhere after {Median(delays):0.0} s (median of {delays.Count}), {delays.DefaultIfEmpty().Max():0.0} s at most");
            var completed = run.CompletedTrials();
            Console.WriteLine($"the sweep ended with exit code {code}: {completed} of {trials} trials completed; {verified.Split('\n')[^1]}");
            return isRight && code == 0 && completed == trials && share < 0.3;
        }
        finally
        {
            foreach (var program in _running.Values) program.Dispose();
        }
    }

    private async Task ChurnAsync(CoordinatorUnderLoad coordinator, TimeSpan until)
    {
        var pause = TimeSpan.FromMinutes(1) / (workers * share);
        var clock = Stopwatch.StartNew();
        while (clock.Elapsed + pause < until && !coordinator.HasExited)
        {
            await Task.Delay(pause);
            Kill();
            Start(coordinator.Address);
            if (_killed.Count % 4 == 0) Console.WriteLine($"  {clock.Elapsed.TotalMinutes:0.0} minutes, {_killed.Count} killed, {await coordinator.MetricAsync("sweep_workers")} workers there, {await coordinator.EpochsAsync()} epochs");
        }
    }

    private async Task<TimeSpan> RestartAsync(CoordinatorUnderLoad coordinator)
    {
        await Task.Delay(_rest);
        await coordinator.KillAndResumeAsync();
        return await UntilAsync(async () => coordinator.HasExited || await coordinator.MetricAsync("sweep_workers") >= workers);
    }

    private void Start(string address)
    {
        var id = $"churn-{++_started}#{Guid.NewGuid():N}";
        _running[id] = new RunningProgram(
            Environment.ProcessPath!, ["worker", "--join", address, "--id", id, "--epoch", epoch.TotalSeconds.ToString()]);
    }

    private void Kill()
    {
        var (id, victim) = _running.ElementAt(_random.Next(_running.Count));
        _workersCpu += ProcessCost.Cpu(victim.Id);
        victim.Kill();
        _killed[id] = DateTimeOffset.UtcNow;
        _running.Remove(id);
        victim.Dispose();
    }

    /// <summary>Of those that run and those that were killed.</summary>
    private TimeSpan WorkersCpu() => _running.Values.Where(worker => !worker.HasExited).Aggregate(_workersCpu, (sum, worker) => sum + ProcessCost.Cpu(worker.Id));

    /// <summary>Seconds from each kill to the next attempt of the trial that the worker held.</summary>
    private List<double> Delays(string folder)
    {
        var starts = RunLogLines.Starts(folder).ToLookup(start => start.Trial);
        return
        [
            .. from start in starts.SelectMany(trial => trial)
               where _killed.ContainsKey(start.Worker)
               let next = starts[start.Trial].FirstOrDefault(other => other.Number == start.Number + 1)
               where next is not null
               select (next.At - _killed[start.Worker]).TotalSeconds,
        ];
    }

    private static TimeSpan Least(TimeSpan one, TimeSpan other) => one < other ? one : other;

    private static double Median(List<double> values) => values.Count == 0 ? double.NaN : values.Order().ElementAt(values.Count / 2);

    private static async Task<TimeSpan> UntilAsync(Func<Task<bool>> condition)
    {
        var clock = Stopwatch.StartNew();
        while (!await condition())
        {
            if (clock.Elapsed > TimeSpan.FromMinutes(5)) throw new TimeoutException("it does not come to pass");
            await Task.Delay(TimeSpan.FromMilliseconds(100));
        }
        return clock.Elapsed;
    }
}
