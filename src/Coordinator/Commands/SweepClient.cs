using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Sweep.Coordinator.Api;
using Sweep.Coordinator.Displays;
using Sweep.Coordinator.Histories;
using Sweep.Coordinator.Trials;
using Sweep.Coordinator.Views;
using Sweep.Shared;

namespace Sweep.Coordinator.Commands;

/// <summary>
/// One sweep by its API: the coordinator's, where one is at work, else a server of this process over what the run folder holds. Commands need not
/// know which.
/// </summary>
internal sealed class SweepClient : IAsyncDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(40);

    private readonly HttpClient _http;
    private readonly string _sweep;
    private ApiServer? _server;
    private SweepView? _view;

    private SweepClient(HttpClient http, string sweep, bool isLive) => (_http, _sweep, IsLive) = (http, sweep, isLive);

    /// <summary>A coordinator is at work on the sweep.</summary>
    public bool IsLive { get; }

    /// <exception cref="IOException">Nobody answers there, or which sweep is meant is not clear.</exception>
    public static async Task<SweepClient> AtAsync(string address, string? sweep, string? token)
    {
        var http = Client(address, token);
        var sweeps = (await GetAsync(http, "sweeps")).GetProperty("sweeps").EnumerateArray()
            .Select(entry => (Id: entry.GetProperty("sweep").GetString()!, Name: entry.GetProperty("name").GetString()!)).ToList();
        var meant = sweeps.Where(entry => sweep is null || entry.Id == sweep || entry.Name == sweep).ToList();
        return meant is [var only]
            ? new SweepClient(http, only.Id, isLive: true)
            : throw new IOException($"{address}: {(meant.Count == 0 ? "there is no such sweep" : "there are several sweeps")}; name one of these with --of: {string.Join(", ", sweeps.Select(entry => entry.Name))}");
    }

    /// <exception cref="IOException">There is no such run.</exception>
    /// <exception cref="HistoryException">Its history cannot be read.</exception>
    public static async Task<SweepClient> OfRunAsync(string path, StoreAddress? store)
    {
        var folder = RunFolder.Open(path);
        if (await AtWorkAsync(folder) is { } note)
            return new SweepClient(Client(note.Address, note.TokenFile is { } file ? File.ReadAllText(file) : null), note.Sweep, isLive: true);
        var view = StoredRun.Look(path, store);
        var views = new SweepViews();
        views.Add(view);
        var server = await ApiServer.StartAsync(new HostAndPort("127.0.0.1", 0), null, views, TimeProvider.System);
        await view.CaughtUpAsync();
        return new SweepClient(Client(server.Address, null), view.Sweep.Value, isLive: false) { _server = server, _view = view };
    }

    /// <summary>Where the coordinator at work on the run can be asked; null where none is.</summary>
    public static async Task<ApiNote?> AtWorkAsync(RunFolder folder) => ApiNote.Read(folder) is { } note && await IsThereAsync(note) ? note : null;

    /// <param name="path">Below the sweep: <c>/trials?limit=10</c>.</param>
    /// <exception cref="OrderRefusedException">The answer says why not.</exception>
    public Task<JsonElement> GetAsync(string path) => GetAsync(_http, $"sweeps/{Uri.EscapeDataString(_sweep)}{path}");

    public async Task<T> GetAsync<T>(string path, JsonTypeInfo<T> type) => (await GetAsync(path)).Deserialize(type)!;

    /// <summary>What a display shows of the sweep.</summary>
    /// <param name="sweep">The answer to <c>GetAsync("")</c>.</param>
    public async Task<SweepGlance> GlanceAsync(SweepDocument sweep)
    {
        var leaders = await GetAsync($"/trials?sort=lead&limit={SweepGlance.MostLeaders}", LenientApiJson.Context.TrialPage);
        var workers = await GetAsync("/workers", LenientApiJson.Context.WorkersDocument);
        return new SweepGlance(sweep, [.. leaders.Trials.Where(row => row.Leads)], workers, TimeProvider.System.GetUtcNow());
    }

    public async Task<JsonElement> PostAsync(string path, object? body = null)
    {
        using var content = body is null ? null : JsonContent.Create(body, body.GetType());
        return await ReadAsync(_http, () => _http.PostAsync($"sweeps/{Uri.EscapeDataString(_sweep)}{path}", content));
    }

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        if (_server is not null) await _server.DisposeAsync();
        if (_view is not null) await _view.DisposeAsync();
    }

    private static HttpClient Client(string address, string? token)
    {
        if (!Uri.TryCreate($"{address.TrimEnd('/')}{ApiServer.Root}/", UriKind.Absolute, out var root)) throw new IOException($"{address}: give an address as http://HOST:PORT");
        var http = new HttpClient { BaseAddress = root, Timeout = Limit };
        if (token is not null) http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        return http;
    }

    /// <summary>A note that a killed coordinator left names nobody, or somebody else by now.</summary>
    private static async Task<bool> IsThereAsync(ApiNote note)
    {
        using var http = Client(note.Address, null);
        try
        {
            return (await GetAsync(http, "")).GetProperty("instance").GetGuid() == note.Instance;
        }
        catch (Exception exception) when (exception is IOException or OrderRefusedException or KeyNotFoundException or InvalidOperationException or FormatException)
        {
            return false;
        }
    }

    private static Task<JsonElement> GetAsync(HttpClient http, string path) => ReadAsync(http, () => http.GetAsync(path));

    private static async Task<JsonElement> ReadAsync(HttpClient http, Func<Task<HttpResponseMessage>> ask)
    {
        try
        {
            using var answer = await ask();
            var body = await answer.Content.ReadFromJsonAsync<JsonElement>();
            return answer.IsSuccessStatusCode ? body : throw new OrderRefusedException(body.GetProperty("detail").GetString()!);
        }
        catch (Exception exception) when (exception is HttpRequestException or OperationCanceledException or JsonException)
        {
            throw new IOException($"{http.BaseAddress}: no coordinator answers there ({exception.Message}); look whether it runs", exception);
        }
    }
}

/// <summary>The sweep has said no; the message says why and what to do.</summary>
internal sealed class OrderRefusedException(string message) : Exception(message);
