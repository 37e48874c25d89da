using System.Globalization;
using System.Net;
using System.Text.RegularExpressions;

namespace Sweep.Deploy.Tests.Status;

/// <summary>What a scraper and a kubelet see of a program.</summary>
internal sealed class Scrape(string address) : IDisposable
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    private readonly HttpClient _http = new() { BaseAddress = new Uri(address) };

    public static async Task<Scrape> OfAsync(RunningProgram program, string line) =>
        new(Regex.Match(await program.LineAsync(line), "http://[0-9.:]+").Value);

    public Uri Address => _http.BaseAddress!;

    public Task<string> MetricsAsync() => _http.GetStringAsync("/metrics");

    public async Task<(HttpStatusCode Status, string Text)> HealthAsync(string path)
    {
        using var answer = await _http.GetAsync(path);
        return (answer.StatusCode, await answer.Content.ReadAsStringAsync());
    }

    public async Task<HttpStatusCode> SendAsync(HttpMethod method, string path)
    {
        using var request = new HttpRequestMessage(method, path);
        using var answer = await _http.SendAsync(request);
        return answer.StatusCode;
    }

    /// <summary>The metric's value; with several, that of the one whose labels hold <paramref name="label"/>. Null where there is none.</summary>
    public async Task<double?> ValueAsync(string metric, string label = "")
    {
        var match = Regex.Match(await MetricsAsync(), $@"(?m)^{metric}{{[^}}]*{Regex.Escape(label)}[^}}]*}} (\S+)$");
        return match.Success ? double.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture) : null;
    }

    public Task UntilAsync(string metric, Predicate<double> holds) => UntilAsync(async () => await ValueAsync(metric) is { } value && holds(value), metric);

    public Task UntilReadyAsync() => UntilAsync(async () => (await HealthAsync("/health/ready")).Status == HttpStatusCode.OK, "readiness");

    /// <summary>Asks again and again until it holds.</summary>
    public static async Task UntilAsync(Func<Task<bool>> holds, string what)
    {
        using var limit = new CancellationTokenSource(Programs.Limit);
        while (!await holds())
        {
            if (limit.IsCancellationRequested) throw new TimeoutException($"{what} did not come about");
            await Task.Delay(Pause);
        }
    }

    public void Dispose() => _http.Dispose();
}
