using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using Sweep.Coordinator;

namespace Sweep.Deploy.Tests.Status;

public sealed class StatusTests
{
    /// <summary>Long enough to be looked at; never waited for to the end.</summary>
    private const string LongSweep = """
        name: looked-at
        dataset: {name: digits}
        model: {family: resnet, blocks: [1, 1], widths: [8, 16]}
        training: {epochs: 400, batch_size: 32}
        parameters:
          learning_rate: {values: [0.02, 0.03, 0.04, 0.05]}
        search: {algorithm: grid}
        limits: {max_parallel_trials: 3}
        """;

    private static readonly string ShortSweep = LongSweep.Replace("epochs: 400", "epochs: 8", StringComparison.Ordinal);

    [Fact]
    public async Task A_coordinator_tells_how_its_sweep_is_doing()
    {
        using var run = new TemporaryRun(LongSweep);
        using var coordinator = Programs.Coordinator("--sweep", run.SweepFile, "--workers", "1", "--output", run.Folder, "--http", "127.0.0.1:0");
        using var scrape = await Scrape.OfAsync(coordinator, "metrics and health at");
        await scrape.UntilAsync("sweep_epochs_total", epochs => epochs >= 2);

        Assert.Equal((HttpStatusCode.OK, "live"), await scrape.HealthAsync("/health/live"));
        Assert.Equal((HttpStatusCode.OK, "started"), await scrape.HealthAsync("/health/startup"));
        Assert.Equal((HttpStatusCode.OK, "ready"), await scrape.HealthAsync("/health/ready"));
        Assert.Equal(1, await scrape.ValueAsync("sweep_coordinator_active"));
        Assert.Equal(1, await scrape.ValueAsync("sweep_info", "name=\"looked-at\""));
        Assert.Equal(1, await scrape.ValueAsync("sweep_trials", "state=\"running\""));
        Assert.Equal(0, await scrape.ValueAsync("sweep_trials", "state=\"out_of_memory\""));
        // Four trials, of which three may run at a time.
        Assert.Equal(3, await scrape.ValueAsync("sweep_demand"));
        Assert.Equal(1, await scrape.ValueAsync("sweep_workers"));
        Assert.True(await scrape.ValueAsync("sweep_images_per_second") > 0);
        Assert.True(await scrape.ValueAsync("sweep_report_duration_seconds_count") >= 2);
        Assert.True(await scrape.ValueAsync("sweep_store_duration_seconds_sum") > 0);
        Assert.Equal(0, await scrape.ValueAsync("sweep_retries_total", "class=\"infrastructure\""));
        Assert.Null(await scrape.ValueAsync("sweep_ending"));
        Assert.True(await scrape.ValueAsync("dotnet_process_memory_working_set_bytes") > 1 << 20);

        RunningProgram.Signal(coordinator.Children().Single(), 9);
        await scrape.UntilAsync("sweep_lease_losses_total", losses => losses == 1);
        Assert.Equal(1, await scrape.ValueAsync("sweep_retries_total", "class=\"infrastructure\""));
    }

    [Fact]
    public async Task Metrics_are_as_Prometheus_wants_them()
    {
        using var run = new TemporaryRun(LongSweep);
        using var coordinator = Programs.Coordinator("--sweep", run.SweepFile, "--workers", "0", "--output", run.Folder, "--http", "127.0.0.1:0");
        var cluster = (await coordinator.LineAsync("waiting for workers")).Split(' ')[^1];
        using var worker = Programs.Worker("--join", cluster, "--threads", "1", "--http", "127.0.0.1:0");
        foreach (var (program, line) in new[] { (coordinator, "metrics and health at"), (worker, "Metrics and health at") })
        {
            using var scrape = await Scrape.OfAsync(program, line);
            await scrape.UntilReadyAsync();
            var (exitCode, complaints) = await Tools.RunAsync("promtool", ["check", "metrics"], await scrape.MetricsAsync());
            Assert.Equal((0, ""), (exitCode, complaints));
        }
    }

    [Fact]
    public async Task A_worker_tells_how_it_is_doing_and_whether_it_has_a_coordinator()
    {
        using var run = new TemporaryRun(LongSweep);
        using var coordinator = Programs.Coordinator("--sweep", run.SweepFile, "--workers", "0", "--output", run.Folder);
        var cluster = (await coordinator.LineAsync("waiting for workers")).Split(' ')[^1];
        using var worker = Programs.Worker("--join", cluster, "--threads", "1", "--http", "127.0.0.1:0");
        using var scrape = await Scrape.OfAsync(worker, "Metrics and health at");
        await scrape.UntilAsync("sweep_worker_epochs_total", epochs => epochs >= 1);
        Assert.Equal(HttpStatusCode.OK, (await scrape.HealthAsync("/health/ready")).Status);
        Assert.Equal(1, await scrape.ValueAsync("sweep_worker_training"));
        Assert.True(await scrape.ValueAsync("sweep_worker_images_per_second") > 0);
        // There is no GPU here, and nothing is made up.
        Assert.DoesNotContain("sweep_gpu", await scrape.MetricsAsync(), StringComparison.Ordinal);

        coordinator.Kill();
        await Scrape.UntilAsync(async () => (await scrape.HealthAsync("/health/ready")).Status == HttpStatusCode.ServiceUnavailable, "unreadiness");
        Assert.Equal((HttpStatusCode.ServiceUnavailable, "there is no coordinator"), await scrape.HealthAsync("/health/ready"));
        Assert.Equal(HttpStatusCode.OK, (await scrape.HealthAsync("/health/live")).Status);
    }

    [Fact]
    public async Task As_a_service_a_coordinator_is_ended_and_started_again_and_the_sweep_goes_on()
    {
        using var run = new TemporaryRun(ShortSweep);
        string[] service =
        [
            "--service", "--stay", "--sweep", run.SweepFile, "--output", run.Folder, "--workers", "0",
            "--listen", $"127.0.0.1:{FreePort()}", "--http", "127.0.0.1:0",
        ];
        using var first = Programs.Coordinator(service);
        var cluster = (await first.LineAsync("waiting for workers")).Split(' ')[^1];
        using var worker = Programs.Worker("--join", cluster, "--threads", "1", "--id", "steady");
        using (var scrape = await Scrape.OfAsync(first, "metrics and health at"))
            await scrape.UntilAsync("sweep_epochs_total", epochs => epochs >= 3);
        first.Terminate();
        Assert.Equal(ExitCodes.HandedOver, await first.ExitAsync());

        using var second = Programs.Coordinator(service);
        using (var scrape = await Scrape.OfAsync(second, "metrics and health at"))
        {
            // Demand falls with the last trial, a moment before the sweep has ended.
            await Scrape.UntilAsync(async () => await scrape.ValueAsync("sweep_ending", "ending=\"all_trials_ended\"") == 1, "the sweep's end");
            Assert.Equal(0, await scrape.ValueAsync("sweep_demand"));
            Assert.Equal(4, await scrape.ValueAsync("sweep_trials", "state=\"completed\""));
            Assert.Equal(4 * 8, await scrape.ValueAsync("sweep_epochs_total"));
            await second.LineAsync("metrics are served until");
            Assert.Equal(HttpStatusCode.OK, (await scrape.HealthAsync("/health/ready")).Status);
        }
        second.Terminate();
        Assert.Equal(ExitCodes.Done, await second.ExitAsync());
        Assert.All(run.Trials(), trial => Assert.Equal(1, trial.GetProperty("attempts").GetInt32()));

        // What has ended is shown, not begun anew.
        using var third = Programs.Coordinator([.. service, "--log-json"]);
        using (var scrape = await Scrape.OfAsync(third, "http://"))
            await scrape.UntilAsync("sweep_demand", demand => demand == 0);
        await third.LineAsync("metrics are served until");
        third.Terminate();
        Assert.Equal(ExitCodes.Done, await third.ExitAsync());
    }

    [Fact]
    public async Task A_log_for_collectors_is_JSON_and_says_which_trial_and_attempt_it_tells_of()
    {
        using var run = new TemporaryRun(ShortSweep);
        var cluster = $"127.0.0.1:{FreePort()}";
        using var coordinator = Programs.Coordinator("--sweep", run.SweepFile, "--workers", "0", "--output", run.Folder, "--listen", cluster, "--log-json");
        using var worker = Programs.Worker("--join", cluster, "--threads", "1", "--log-json");
        Assert.Equal(0, await coordinator.ExitAsync());
        worker.Terminate();
        await worker.ExitAsync();

        var epoch = Lines(coordinator).First(line => line.GetProperty("@mt").GetString()!.Contains("reported", StringComparison.Ordinal));
        Assert.StartsWith("looked-at-", epoch.GetProperty("Sweep").GetString(), StringComparison.Ordinal);
        Assert.Equal(1, epoch.GetProperty("Trial").GetInt32());
        Assert.Equal("1.1", epoch.GetProperty("Attempt").GetString());
        var trained = Lines(worker).First(line => line.GetProperty("@mt").GetString()!.Contains("trained epoch", StringComparison.Ordinal));
        Assert.Equal(epoch.GetProperty("Sweep").GetString(), trained.GetProperty("Sweep").GetString());
        Assert.Equal((1, "1.1"), (trained.GetProperty("Trial").GetInt32(), trained.GetProperty("Attempt").GetString()));
        Assert.True(trained.TryGetProperty("Worker", out _));

        static List<JsonElement> Lines(RunningProgram program) => [.. program.Output.Split('\n').Select(line => JsonDocument.Parse(line).RootElement)];
    }

    [Fact]
    public async Task An_address_that_is_taken_or_wrong_is_refused_before_anything_is_written()
    {
        using var run = new TemporaryRun(ShortSweep);
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        var address = taken.LocalEndpoint.ToString()!;
        foreach (var (http, reason) in new[] { (address, $"--http {address}: cannot listen there"), ("nowhere", "--http: give HOST:PORT") })
        {
            using var coordinator = Programs.Coordinator("--sweep", run.SweepFile, "--workers", "0", "--output", run.Folder, "--http", http);
            Assert.Equal(ExitCodes.BadInput, await coordinator.ExitAsync());
            Assert.Contains(reason, coordinator.Output, StringComparison.Ordinal);
            Assert.DoesNotContain("   at ", coordinator.Output, StringComparison.Ordinal);
        }
        Assert.False(Directory.Exists(run.Folder));
    }

    internal static int FreePort()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return ((IPEndPoint)socket.LocalEndPoint!).Port;
    }
}
