using System.Net;
using Sweep.Coordinator;
using Sweep.Tests.Postgres;

namespace Sweep.Deploy.Tests.Status;

/// <summary>Two coordinators with the same arguments but for their address, as a StatefulSet has them.</summary>
public sealed class HandoverTests(PostgresServer server) : IClassFixture<PostgresServer>
{
    private const string Sweep = """
        name: handed-over
        dataset: {name: digits}
        model: {family: resnet, blocks: [1, 1], widths: [8, 16]}
        training: {epochs: 30, batch_size: 32}
        parameters:
          learning_rate: {values: [0.02, 0.03]}
        search: {algorithm: grid}
        """;

    [Fact]
    public async Task A_standby_is_ready_and_takes_over_at_once_when_the_other_is_told_to_end()
    {
        Assert.SkipUnless(PostgresServer.IsInstalled, "PostgreSQL is not installed (Debian package postgresql)");
        using var run = new TemporaryRun(Sweep);
        var (one, two) = ($"127.0.0.1:{StatusTests.FreePort()}", $"127.0.0.1:{StatusTests.FreePort()}");
        using var active = Start(run, one);
        using var worker = Programs.Worker("--join", one, "--join", two, "--threads", "1");
        using (var scrape = await Scrape.OfAsync(active, "metrics and health at"))
            await scrape.UntilAsync("sweep_epochs_total", epochs => epochs >= 2);
        using var standby = Start(run, two);
        await standby.LineAsync("standing by");
        using var watched = await Scrape.OfAsync(standby, "metrics and health at");
        await watched.UntilReadyAsync();
        Assert.Equal(HttpStatusCode.OK, (await watched.HealthAsync("/health/startup")).Status);
        Assert.Equal(0, await watched.ValueAsync("sweep_coordinator_active"));
        Assert.Null(await watched.ValueAsync("sweep_demand"));

        active.Terminate();
        Assert.Equal(ExitCodes.HandedOver, await active.ExitAsync());
        await watched.UntilAsync("sweep_coordinator_active", value => value == 1);
        await watched.UntilAsync("sweep_workers", workers => workers == 1);
        await watched.UntilAsync("sweep_demand", demand => demand == 0);
        await standby.LineAsync("metrics are served until");
        standby.Terminate();
        Assert.Equal(ExitCodes.Done, await standby.ExitAsync());
        Assert.All(run.Trials(), trial => Assert.Equal((1, "completed"), (trial.GetProperty("attempts").GetInt32(), trial.GetProperty("outcome").GetString())));
    }

    private RunningProgram Start(TemporaryRun run, string listen) => Programs.Coordinator(
        new Dictionary<string, string> { ["SWEEP_STORE_PASSWORD_FILE"] = server.PasswordFile },
        "--service", "--standby", "--stay", "--sweep", run.SweepFile, "--output", run.Folder, "--workers", "0", "--listen", listen,
        "--store", server.Address, "--http", "127.0.0.1:0");
}
