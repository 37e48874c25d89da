using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Time.Testing;
using Serilog.Core;
using Sweep.Coordinator.Outlets;
using Sweep.Coordinator.Tests.Trials;
using Sweep.Coordinator.Trials;

namespace Sweep.Coordinator.Tests.Outlets;

public sealed class WebhookOutletTests
{
    private static readonly byte[] Secret = Encoding.UTF8.GetBytes("a secret");

    [Fact]
    public async Task A_trial_that_ended_is_told_with_its_row_and_a_signature()
    {
        await using var receiver = await Receiver.StartAsync();
        await using var outlet = Outlet(receiver, TimeProvider.System);
        var sweep = new TestSweep();
        sweep.RunToTheEnd();
        var number = Tell(outlet, sweep);

        var received = await receiver.NextAsync();
        using var json = JsonDocument.Parse(received.Body);
        Assert.Equal("trial_finished", json.RootElement.GetProperty("event").GetString());
        Assert.Equal("test", json.RootElement.GetProperty("name").GetString());
        Assert.Equal("completed", json.RootElement.GetProperty("trial").GetProperty("outcome").GetString());
        Assert.Equal(1, json.RootElement.GetProperty("trial").GetProperty("trial").GetInt32());
        Assert.Equal("trial_finished", received.Headers["X-Sweep-Event"]);
        Assert.StartsWith("test-1/", received.Headers["X-Sweep-Delivery"], StringComparison.Ordinal);
        Assert.Equal($"sha256={Convert.ToHexStringLower(HMACSHA256.HashData(Secret, received.Body))}", received.Headers["X-Sweep-Signature"]);
        Assert.Equal(sweep.Events.Count, number);
    }

    [Fact]
    public async Task Events_come_in_order_and_only_those_that_were_asked_for()
    {
        await using var receiver = await Receiver.StartAsync();
        var sweep = new TestSweep();
        sweep.RunToTheEnd();
        await using (var outlet = Outlet(receiver, TimeProvider.System, "trial_created", "sweep_finished")) Tell(outlet, sweep);
        for (var trial = 1; trial <= 3; trial++) Assert.Equal("trial_created", (await receiver.NextAsync()).Headers["X-Sweep-Event"]);
        Assert.Equal("sweep_finished", (await receiver.NextAsync()).Headers["X-Sweep-Event"]);
    }

    [Fact]
    public async Task What_fails_for_a_time_is_sent_again_after_a_pause_and_is_recognised()
    {
        await using var receiver = await Receiver.StartAsync(request => request == 1 ? 503 : 200);
        var time = new FakeTimeProvider();
        await using var outlet = Outlet(receiver, time);
        var sweep = new TestSweep();
        sweep.RunToTheEnd();
        Tell(outlet, sweep);
        var first = await receiver.NextAsync();
        var again = receiver.NextAsync().AsTask();
        while (!again.IsCompleted)
        {
            time.Advance(TimeSpan.FromSeconds(1));
            await Task.Yield();
        }
        Assert.Equal(first.Headers["X-Sweep-Delivery"], (await again).Headers["X-Sweep-Delivery"]);
    }

    [Fact]
    public async Task Nobody_who_listens_does_not_hold_up_the_sweep()
    {
        var gone = new WebhookSettings(new Uri("http://127.0.0.1:1/"), new HashSet<string> { "trial_finished" }, null);
        var sweep = new TestSweep();
        sweep.RunToTheEnd();
        var outlet = new WebhookOutlet(gone, 0, new FakeTimeProvider(), Logger.None);
        for (var round = 0; round < 5_000; round++) Tell(outlet, sweep, round * 100);
        await outlet.DisposeAsync();
    }

    [Theory]
    [InlineData(1, null, 1.0)]
    [InlineData(4, HttpStatusCode.InternalServerError, 8.0)]
    [InlineData(2, HttpStatusCode.TooManyRequests, 2.0)]
    [InlineData(5, HttpStatusCode.InternalServerError, null)]
    [InlineData(1, HttpStatusCode.NotFound, null)]
    [InlineData(1, HttpStatusCode.Redirect, null)]
    public void Pauses_grow_and_what_will_not_change_is_not_tried_again(int attempts, HttpStatusCode? status, double? seconds) =>
        Assert.Equal(seconds, WebhookOutlet.PauseAfter(attempts, status)?.TotalSeconds);

    [Fact]
    public void Every_event_can_be_told()
    {
        var names = WebhookMessage.EventNames.ToList();
        Assert.Equal(SweepEventSerializer.Table.Length, names.Distinct().Count());
        Assert.All(WebhookMessage.CommonEvents, name => Assert.Contains(name, names));
    }

    private static WebhookOutlet Outlet(Receiver receiver, TimeProvider time, params string[] events) =>
        new(new WebhookSettings(receiver.Address, (events.Length > 0 ? events : ["trial_finished"]).ToHashSet(), Secret), 0, time, Logger.None);

    private static long Tell(Outlet outlet, TestSweep sweep, long number = 0)
    {
        var state = new SweepState(sweep.Definition);
        foreach (var sweepEvent in sweep.Events) outlet.Happened(++number, state = state.Apply(sweepEvent), sweepEvent);
        return number;
    }
}
