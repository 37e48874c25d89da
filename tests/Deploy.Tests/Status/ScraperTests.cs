using System.Diagnostics.Metrics;
using System.Net;
using System.Net.Sockets;
using Sweep.Coordinator.Actors;
using Sweep.Coordinator.Metrics;
using Sweep.Coordinator.SweepFiles;
using Sweep.Coordinator.Trials;
using Sweep.Shared;
using Sweep.Shared.Status;

namespace Sweep.Deploy.Tests.Status;

/// <summary>Whoever looks is waited for by nobody.</summary>
public sealed class ScraperTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task A_scrape_that_stands_still_holds_up_neither_events_nor_latencies()
    {
        using var stuck = new ManualResetEventSlim();
        var entered = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var server = await StatusServer.StartAsync(new HostAndPort("127.0.0.1", 0), SweepMetrics.MeterName, new NodeHealth());
        using var metrics = Metrics(out var state, out var sweep);
        using var meter = new Meter(SweepMetrics.MeterName);
        meter.CreateObservableGauge("stuck", () =>
        {
            entered.TrySetResult();
            stuck.Wait();
            return 1;
        });
        using var http = new HttpClient();
        var scrape = http.GetStringAsync(server.Address + StatusServer.MetricsPath);
        await entered.Task.WaitAsync(Limit);

        // As the actor does, on its thread: all of it returns while the scrape stands.
        await Task.Run(() => TellAll(sweep, state)).WaitAsync(Limit);
        Assert.False(scrape.IsCompleted);
        stuck.Set();
        Assert.Contains("sweep_lease_losses_total", await scrape.WaitAsync(Limit), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Scrapers_that_say_nothing_or_never_read_keep_nobody_out_and_do_not_hold_up_the_end()
    {
        var server = await StatusServer.StartAsync(new HostAndPort("127.0.0.1", 0), SweepMetrics.MeterName, new NodeHealth());
        var port = new Uri(server.Address).Port;
        var silent = Enumerable.Range(0, 20).Select(_ => new TcpClient("127.0.0.1", port)).ToList();
        foreach (var client in silent.Take(10)) client.Client.Send("GET /metrics HTTP/1.1\r\nHost: a\r\n\r\n"u8);
        using var http = new HttpClient();
        Assert.Equal("live", await http.GetStringAsync(server.Address + StatusServer.LivePath).WaitAsync(Limit));
        await server.DisposeAsync().AsTask().WaitAsync(Limit);
        foreach (var client in silent) client.Dispose();
    }

    [Fact]
    public async Task Nothing_but_reading_is_allowed()
    {
        await using var server = await StatusServer.StartAsync(new HostAndPort("127.0.0.1", 0), SweepMetrics.MeterName, new NodeHealth());
        using var scrape = new Scrape(server.Address);
        Assert.Equal(HttpStatusCode.MethodNotAllowed, await scrape.SendAsync(HttpMethod.Post, StatusServer.LivePath));
        Assert.Equal(HttpStatusCode.NotFound, await scrape.SendAsync(HttpMethod.Get, "/"));
    }

    [Fact]
    public async Task Health_says_what_is_the_matter_until_nothing_is()
    {
        var health = new NodeHealth();
        await using var server = await StatusServer.StartAsync(new HostAndPort("127.0.0.1", 0), SweepMetrics.MeterName, health);
        using var scrape = new Scrape(server.Address);
        Assert.Equal((HttpStatusCode.ServiceUnavailable, "it is starting"), await scrape.HealthAsync(StatusServer.StartupPath));
        Assert.Equal(HttpStatusCode.OK, (await scrape.HealthAsync(StatusServer.LivePath)).Status);
        string? problem = "the history cannot be stored";
        health.Started(() => problem);
        Assert.Equal(HttpStatusCode.OK, (await scrape.HealthAsync(StatusServer.StartupPath)).Status);
        Assert.Equal((HttpStatusCode.ServiceUnavailable, problem), await scrape.HealthAsync(StatusServer.ReadyPath));
        problem = null;
        Assert.Equal(HttpStatusCode.OK, (await scrape.HealthAsync(StatusServer.ReadyPath)).Status);
    }

    private static void TellAll(ISweepListener sweep, SweepState state)
    {
        var attempt = new AttemptId(new SweepId("s"), new TrialId(1), 1);
        for (var number = 1; number <= 100; number++)
        {
            sweep.Happened(number, state, new AttemptClosed(attempt, AttemptClosure.Lost, false, null, default, FailureClass.Infrastructure));
            sweep.Queued(number);
            sweep.Stored(1, TimeSpan.FromMilliseconds(number));
            sweep.Answered(TimeSpan.FromMilliseconds(number));
        }
    }

    private static SweepMetrics Metrics(out SweepState state, out ISweepListener sweep)
    {
        const string Sweep = """
            name: told
            dataset: {name: digits}
            model: {family: resnet, blocks: [1, 1], widths: [8, 16]}
            training: {epochs: 2}
            parameters: {learning_rate: {values: [0.1]}}
            """;
        state = new SweepState(((SweepFileResult.Valid)SweepFileReader.ReadText(Sweep, "sweep.yaml")).Definition);
        var metrics = new SweepMetrics();
        sweep = metrics.Follow(new SweepId("s"), state, seen: 0, searchTrials: 1);
        return metrics;
    }
}
