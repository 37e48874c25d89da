using System.Net.Http.Json;
using System.Text.Json;
using System.Threading.Channels;
using Microsoft.Extensions.Time.Testing;
using Sweep.Coordinator.Api;
using Sweep.Coordinator.Tests.Trials;
using Sweep.Coordinator.Trials;
using Sweep.Coordinator.Views;
using Sweep.Shared;

namespace Sweep.Coordinator.Tests.Api;

/// <summary>A real server over a sweep that is driven by hand.</summary>
internal sealed class ServedSweep : IAsyncDisposable
{
    private readonly ApiServer _server;
    private readonly string _folder;
    private long _number;

    private ServedSweep(TestSweep sweep, SweepView view, ApiServer server, string folder)
    {
        (Sweep, View, _server, _folder) = (sweep, view, server, folder);
        Client = new HttpClient { BaseAddress = new Uri(server.Address) };
        Tell();
    }

    public TestSweep Sweep { get; }

    public SweepView View { get; }

    public HttpClient Client { get; }

    public ApiServer Server => _server;

    public required AwaitedTime Time { get; init; }

    public static async Task<ServedSweep> StartAsync(TestSweep sweep, string listen = "127.0.0.1:0", string? token = null)
    {
        var path = Directory.CreateTempSubdirectory("sweep-test-").FullName;
        File.WriteAllText(Path.Combine(path, "sweep.yaml"), "");
        var time = new AwaitedTime(TestSweep.Start + TimeSpan.FromMinutes(1));
        var view = new SweepView(
            new SweepId("test-1"), new SweepState(sweep.Definition), 0, past: null, RunFolder.Open(path), sweep.Definition.Search.Trials, _ => null, time);
        var views = new SweepViews();
        views.Add(view);
        return new ServedSweep(sweep, view, await ApiServer.StartAsync(HostAndPort.Parse(listen)!, token, views, time), path) { Time = time };
    }

    /// <summary>Puts down what has happened since the last time.</summary>
    public void Tell()
    {
        var state = Sweep.Events.Take((int)_number).Aggregate(new SweepState(Sweep.Definition), (state, sweepEvent) => state.Apply(sweepEvent));
        foreach (var sweepEvent in Sweep.Events.Skip((int)_number))
        {
            state = state.Apply(sweepEvent);
            View.Happened(++_number, state, sweepEvent);
        }
    }

    public async Task<JsonElement> GetAsync(string path)
    {
        await View.CaughtUpAsync();
        var answer = await Client.GetAsync($"/api/v1/sweeps/test{path}");
        Assert.True(answer.IsSuccessStatusCode, $"{answer.StatusCode}: {await answer.Content.ReadAsStringAsync()}");
        return await answer.Content.ReadFromJsonAsync<JsonElement>();
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await _server.DisposeAsync();
        await View.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    /// <summary>A clock that stands, and says when somebody waits for a time.</summary>
    internal sealed class AwaitedTime(DateTimeOffset now) : FakeTimeProvider(now)
    {
        private readonly Channel<TimeSpan> _timers = Channel.CreateUnbounded<TimeSpan>();

        public async Task TimerAsync(TimeSpan due)
        {
            while (await _timers.Reader.ReadAsync(TestContext.Current.CancellationToken) != due) ;
        }

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            var timer = base.CreateTimer(callback, state, dueTime, period);
            _timers.Writer.TryWrite(dueTime);
            return timer;
        }
    }
}
