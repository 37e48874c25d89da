[assembly: AssemblyFixture(typeof(Sweep.Dashboard.Tests.FinishedRun))]

namespace Sweep.Dashboard.Tests;

/// <summary>A sweep that has ended, with its dashboard: trained once, looked at by many tests.</summary>
public abstract class EndedRun(string yaml) : IAsyncLifetime
{
    private readonly TemporaryRun _run = new(yaml);
    private RunningProgram? _server;

    public Uri Address { get; private set; } = null!;

    public string Folder => _run.Folder;

    public async ValueTask InitializeAsync()
    {
        if (!Browser.IsInstalled) return;
        using (var sweep = Programs.Coordinator("--sweep", _run.SweepFile, "--workers", "2", "--output", _run.Folder)) Assert.Equal(0, await sweep.ExitAsync());
        _server = Programs.Coordinator("dashboard", _run.Folder);
        Address = await Dashboard.AddressOfAsync(_server);
    }

    public ValueTask DisposeAsync()
    {
        _server?.Dispose();
        _run.Dispose();
        return ValueTask.CompletedTask;
    }
}

/// <summary>Thirty trials under a scheduler.</summary>
public sealed class FinishedRun() : EndedRun(Yaml)
{
    public const int Trials = 30;

    private const string Yaml = """
        name: finished
        description: Which learning rate reads small digits best?
        seed: 3
        dataset: {name: digits, train_limit: 300, test_limit: 100, validation_fraction: 0.2}
        model: {family: resnet, blocks: [1, 1], widths: [4, 8]}
        training: {epochs: 4, batch_size: 32}
        augmentation: {crop_padding: 1, horizontal_flip: false}
        parameters:
          learning_rate: {distribution: log_uniform, min: 0.005, max: 0.3}
          momentum: {distribution: uniform, min: 0.5, max: 0.95}
          blocks: {values: [[1, 1], [2, 1]]}
          augmentation: {values: [true, false]}
        search: {algorithm: random, trials: 30}
        scheduler: {name: asha, min_epochs: 1, reduction_factor: 2}
        """;
}

/// <summary>A sweep that goes on for longer than any test looks at it.</summary>
public sealed class LiveRun : IDisposable
{
    private const string Yaml = """
        name: live
        description: Which learning rate reads small digits best?
        dataset: {name: digits, train_limit: 400, test_limit: 100, validation_fraction: 0.2}
        model: {family: resnet, blocks: [1, 1], widths: [8, 16]}
        training: {epochs: EPOCHS, batch_size: 32}
        early_stopping: {overfit: {action: flag}}
        parameters:
          learning_rate: {distribution: log_uniform, min: 0.005, max: 0.3}
          blocks: {values: [[1, 1], [2, 1]]}
        search: {algorithm: random, trials: 1000}
        """;

    private readonly TemporaryRun _run;
    private readonly RunningProgram _coordinator;

    private LiveRun(int epochs, int workers)
    {
        _run = new TemporaryRun(Yaml.Replace("EPOCHS", $"{epochs}", StringComparison.Ordinal));
        _coordinator = Programs.Coordinator("--sweep", _run.SweepFile, "--workers", $"{workers}", "--output", _run.Folder);
    }

    public Uri Address { get; private set; } = null!;

    public static async Task<LiveRun> StartAsync(int epochs, int workers = 1)
    {
        Assert.SkipUnless(Browser.IsInstalled, Browser.Missing);
        var run = new LiveRun(epochs, workers);
        run.Address = await Dashboard.AddressOfAsync(run._coordinator);
        return run;
    }

    public void Dispose()
    {
        _coordinator.Dispose();
        _run.Dispose();
    }
}

public static class Dashboard
{
    private const string Line = "dashboard at ";

    /// <summary>Where a coordinator serves it, as it says itself.</summary>
    public static async Task<Uri> AddressOfAsync(RunningProgram coordinator)
    {
        var line = await coordinator.LineAsync(Line);
        return new Uri(line[(line.IndexOf(Line, StringComparison.Ordinal) + Line.Length)..].Split(' ', '#')[0]);
    }
}
