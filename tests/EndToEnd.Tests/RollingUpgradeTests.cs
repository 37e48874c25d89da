using System.Text.Json;
using System.Text.RegularExpressions;
using Sweep.Tests.Postgres;

namespace Sweep.EndToEnd.Tests;

/// <summary>Every process of a cluster is replaced by another one, coordinators first, while two sweeps run.</summary>
public sealed partial class RollingUpgradeTests(PostgresServer server) : IClassFixture<PostgresServer>, IDisposable
{
    private const int Trials = 2, Epochs = 25;
    private static readonly string[] Names = ["first", "second"];

    private readonly string _root = Directory.CreateTempSubdirectory("sweep-test-").FullName;
    private readonly string _one = FailoverTests.FreeAddress(), _two = FailoverTests.FreeAddress();

    private Dictionary<string, string> Environment => new() { ["SWEEP_STORE_PASSWORD_FILE"] = server.PasswordFile };

    [Fact]
    public async Task Coordinators_are_replaced_one_by_one_and_then_workers_and_nothing_is_lost_or_trained_twice()
    {
        Assert.SkipUnless(PostgresServer.IsInstalled, "PostgreSQL is not installed (Debian package postgresql)");
        foreach (var name in Names) File.WriteAllText(FileOf(name), Yaml(name));
        using var oldWorker = StartWorker();
        using var otherOldWorker = StartWorker();
        using var oldCoordinator = StartCoordinator(_one);
        await UntilEpochsAsync(4);

        using var between = StartCoordinator(_two);
        await between.LineAsync("standing by");
        oldCoordinator.Terminate();
        Assert.Equal(143, await oldCoordinator.ExitAsync());
        await UntilEpochsAsync(Recorded() + 4);

        using var newCoordinator = StartCoordinator(_one);
        await newCoordinator.LineAsync("standing by");
        between.Terminate();
        Assert.Equal(143, await between.ExitAsync());
        await UntilEpochsAsync(Recorded() + 4);

        using var newWorker = StartWorker();
        oldWorker.Terminate();
        Assert.Equal(0, await oldWorker.ExitAsync());
        using var otherNewWorker = StartWorker();
        otherOldWorker.Terminate();
        Assert.Equal(0, await otherOldWorker.ExitAsync());
        Assert.Equal(0, await newCoordinator.ExitAsync());

        foreach (var name in Names) await AssertWholeAsync(name);
        var trained = new[] { oldWorker, otherOldWorker, newWorker, otherNewWorker }
            .SelectMany(worker => TrainedEpoch().Matches(worker.Output)).Select(match => $"{match.Groups["trial"].Value} {match.Groups["epoch"].Value}").ToList();
        Assert.Equal(Names.Length * Trials * Epochs, trained.Count);
        // Two sweeps have a trial and an epoch of each number, and neither was trained twice.
        Assert.All(trained.GroupBy(epoch => epoch), epoch => Assert.Equal(Names.Length, epoch.Count()));
    }

    public void Dispose() => Directory.Delete(_root, recursive: true);

    private static string Yaml(string name) => $$"""
        name: {{name}}
        dataset: {name: digits, train_limit: 900, test_limit: 200}
        model: {family: resnet, blocks: [1, 1], widths: [8, 16]}
        training: {epochs: {{Epochs}}, batch_size: 32}
        parameters:
          learning_rate: {values: [0.02, 0.05]}
        search: {algorithm: grid}
        """;

    private string FileOf(string name) => Path.Combine(_root, $"{name}.yaml");

    private string FolderOf(string name) => Path.Combine(_root, "runs", name);

    private RunningProgram StartCoordinator(string listen) => Programs.Coordinator(
        Environment, "--service", "--standby", "--sweep", FileOf(Names[0]), "--sweep", FileOf(Names[1]), "--output", Path.Combine(_root, "runs"),
        "--workers", "0", "--listen", listen, "--store", server.Address);

    private RunningProgram StartWorker() => Programs.Worker("--join", _one, "--join", _two, "--threads", "1");

    private Task UntilEpochsAsync(int count) => ResumeTests.UntilAsync(() => Recorded() >= count);

    private int Recorded() => Names.Select(name => Path.Combine(FolderOf(name), "run.log")).Where(File.Exists).Sum(file => Lines(file).Count(line => line.Contains("reported {@Report}", StringComparison.Ordinal)));

    /// <summary>Of a file that others write.</summary>
    private static List<string> Lines(string file)
    {
        using var reader = new StreamReader(new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete));
        return [.. reader.ReadToEnd().Split('\n')];
    }

    private async Task AssertWholeAsync(string name)
    {
        using var document = JsonDocument.Parse(await File.ReadAllTextAsync(Path.Combine(FolderOf(name), "leaderboard.json"), TestContext.Current.CancellationToken));
        var trials = document.RootElement.GetProperty("trials").EnumerateArray().ToList();
        Assert.Equal(Trials, trials.Count);
        Assert.All(trials, trial => Assert.Equal(("completed", Epochs), (trial.GetProperty("outcome").GetString(), trial.GetProperty("epochs_trained").GetInt32())));
        using var verify = Programs.Coordinator(Environment, "verify", FolderOf(name));
        Assert.Equal((0, ""), (await verify.ExitAsync(), verify.Output.Contains("nothing is wrong", StringComparison.Ordinal) ? "" : verify.Output));
    }

    [GeneratedRegex(@"(?<trial>[0-9]+)\.[0-9]+ trained epoch (?<epoch>[0-9]+) ")]
    private static partial Regex TrainedEpoch();
}
