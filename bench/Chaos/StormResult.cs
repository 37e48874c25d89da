using System.Diagnostics;
using Sweep.Tests.Postgres;
using Sweep.Tests.Processes;

namespace Sweep.Bench.Chaos;

/// <summary>What became of one run under faults; a line of the table.</summary>
/// <param name="Attempts">Of all trials together.</param>
/// <param name="Refused">Attempts that reported after they had lost their trial.</param>
/// <param name="Lost">Trials without an outcome.</param>
/// <param name="Twice">Trials that the leaderboard shows more than once.</param>
/// <param name="IsVerified">By <c>coordinator verify</c>.</param>
/// <param name="IsEqual">Trials and epochs are those of the undisturbed run, but for times, workers and attempts.</param>
internal sealed record StormResult(
    int Seed, string Store, IReadOnlyList<FaultKind> Faults, double Seconds, int Attempts, int Refused, int Lost, int Twice, bool IsVerified, bool IsEqual)
{
    public const string Heading = """
        | seed | search | store | faults | seconds | attempts | refused | lost | twice | verify | equal |
        |---|---|---|---|---|---|---|---|---|---|---|
        """;

    public bool IsRight => IsVerified && IsEqual && Lost == 0 && Twice == 0;

    /// <param name="database">Null for SQLite.</param>
    /// <param name="isSpread">Over two hosts.</param>
    public static async Task<StormResult> OfAsync(int seed, TemporaryRun calm, PostgresServer? database, bool isSpread, bool canFillDisk, int count)
    {
        using var hosts = isSpread ? new TwoHosts() : null;
        using var wallClock = isSpread && LooseClock.IsPossible ? new LooseClock() : null;
        FaultKind[] kinds =
        [
            FaultKind.KillWorker, FaultKind.StopWorker, FaultKind.KillCoordinator, FaultKind.WakeTheDead, FaultKind.TearCheckpoint,
            database is null ? FaultKind.TearHistory : FaultKind.StopDatabase,
            .. canFillDisk ? (FaultKind[])[FaultKind.FillDisk] : [],
            .. isSpread ? (FaultKind[])[FaultKind.CutNetwork, FaultKind.ShakeNetwork] : [],
            .. wallClock is not null ? (FaultKind[])[FaultKind.JumpClock] : [],
        ];
        using var run = new TemporaryRun(ChaosSweep.Yaml(seed));
        using var disk = canFillDisk ? new FullDisk(run.Folder) : null;
        using var storm = new Storm(run, database, disk, hosts, wallClock);
        var clock = Stopwatch.StartNew();
        string? problem = null;
        try
        {
            await storm.RunAsync(Fault.Schedule(seed, kinds, count));
        }
        catch (Exception exception) when (exception is InvalidOperationException or TimeoutException or OperationCanceledException)
        {
            problem = exception.Message;
        }
        var seconds = clock.Elapsed.TotalSeconds;
        var (isVerified, audit) = problem is null ? await storm.VerifyAsync() : (false, problem);
        var result = Of(seed, database is not null ? "PostgreSQL" : isSpread ? "SQLite, two hosts" : "SQLite", storm, run, calm, seconds, isVerified);
        if (!result.IsRight) Keep(run, audit);
        return result;
    }

    public static string Summary(IReadOnlyList<StormResult> results)
    {
        var faults = results.SelectMany(result => result.Faults).ToList();
        return $"{results.Count} sweeps, {faults.Count} faults ({Kinds(faults)}), {results.Sum(result => result.Attempts)} attempts of which "
            + $"{results.Sum(result => result.Refused)} were refused, {results.Sum(result => result.Lost)} results lost, "
            + $"{results.Sum(result => result.Twice)} counted twice, {results.Count(result => !result.IsVerified)} not verified, "
            + $"{results.Count(result => !result.IsEqual)} not equal";
    }

    public override string ToString() =>
        $"| {Seed} | {ChaosSweep.SearchOf(Seed)} | {Store} | {Faults.Count}: {Kinds(Faults)} | {Seconds:0} | {Attempts} | {Refused} | {Lost} | {Twice} "
        + $"| {(IsVerified ? "yes" : "NO")} | {(IsEqual ? "yes" : "NO")} |";

    private static StormResult Of(int seed, string store, Storm storm, TemporaryRun run, TemporaryRun calm, double seconds, bool isVerified)
    {
        var expected = calm.Trials().Count;
        var faults = storm.Struck.Select(fault => fault.Kind).ToList();
        if (!File.Exists(Path.Combine(run.Folder, "leaderboard.json"))) return new(seed, store, faults, seconds, 0, 0, expected, 0, isVerified, false);
        var trials = run.Trials();
        var ended = trials.Where(trial => trial.GetProperty("outcome").GetString() is not ("running" or "waiting"))
            .Select(trial => trial.GetProperty("trial").GetInt32()).ToList();
        var once = ended.Distinct().Count();
        return new(
            seed, store, faults, seconds, trials.Sum(trial => trial.GetProperty("attempts").GetInt32()), storm.Count("and is refused"),
            expected - once, ended.Count - once, isVerified, calm.Results().SequenceEqual(run.Results()));
    }

    private static string Kinds(IEnumerable<FaultKind> faults) =>
        string.Join(", ", faults.GroupBy(kind => kind).OrderBy(group => group.Key).Select(group => $"{group.Count()} {group.Key}"));

    /// <summary>For whoever looks for the cause.</summary>
    private static void Keep(TemporaryRun run, string problem)
    {
        Console.Error.WriteLine($"{problem}\nThe run is kept in {new TemporaryRun(run).Folder}");
    }
}
