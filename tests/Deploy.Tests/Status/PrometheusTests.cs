using System.Diagnostics;
using System.Text.Json;

namespace Sweep.Deploy.Tests.Status;

/// <summary>Rules and dashboard, asked of a real Prometheus that scrapes real programs.</summary>
public sealed class PrometheusTests
{
    private const string LongSweep = """
        name: scraped
        dataset: {name: digits}
        model: {family: resnet, blocks: [1, 1], widths: [8, 16]}
        training: {epochs: 1000, batch_size: 32}
        parameters:
          learning_rate: {values: [0.02, 0.03]}
        search: {algorithm: grid}
        """;

    private static string Rules(string file) => Path.Combine(Programs.Repository, "deploy", "prometheus", file);

    [Theory]
    [InlineData("check", "alerts.yaml")]
    [InlineData("test", "alerts.test.yaml")]
    public async Task Alert_rules_are_valid_and_fire_when_they_should(string verb, string file)
    {
        var (exitCode, output) = await Tools.RunAsync("promtool", [verb, "rules", Rules(file)]);
        Assert.True(exitCode == 0, output);
    }

    [Fact]
    public async Task Every_query_of_the_dashboard_finds_data()
    {
        Tools.RequireTool("prometheus");
        using var run = new TemporaryRun(LongSweep);
        using var coordinator = Programs.Coordinator("--sweep", run.SweepFile, "--workers", "0", "--output", run.Folder, "--http", "127.0.0.1:0");
        var cluster = (await coordinator.LineAsync("waiting for workers")).Split(' ')[^1];
        using var worker = Programs.Worker("--join", cluster, "--threads", "1", "--http", "127.0.0.1:0");
        using var first = await Scrape.OfAsync(coordinator, "metrics and health at");
        using var second = await Scrape.OfAsync(worker, "Metrics and health at");
        using var prometheus = new Prometheus(first.Address.Authority, second.Address.Authority);
        var queries = DashboardQueries().Where(query => !query.Contains("sweep_gpu", StringComparison.Ordinal)).ToList();
        Assert.True(queries.Count > 15);
        foreach (var query in queries)
            await Scrape.UntilAsync(() => prometheus.HasDataAsync(query.Replace("$__rate_interval", "15s", StringComparison.Ordinal)), query);
        foreach (var metric in new[] { "sweep_demand", "sweep_coordinator_active" })
            Assert.True(await prometheus.HasDataAsync($"max({metric}) > 0"), metric);
    }

    /// <summary>What is named in the files is a metric of the programs, GPUs' included, which no machine without one shows.</summary>
    [Fact]
    public void Metrics_of_GPUs_are_spelt_as_the_worker_spells_them()
    {
        var source = File.ReadAllText(Path.Combine(Programs.Repository, "src", "GpuWorker", "Metrics", "WorkerMetrics.cs"));
        var suffixes = new Dictionary<string, string> { ["memory.used"] = "memory_used_bytes", ["memory.total"] = "memory_total_bytes", ["utilization"] = "utilization_ratio", ["temperature"] = "temperature_celsius" };
        foreach (var (name, _) in suffixes) Assert.Contains($"\"sweep.gpu.{name}\"", source, StringComparison.Ordinal);
        foreach (var query in DashboardQueries().Where(query => query.Contains("sweep_gpu", StringComparison.Ordinal)))
            Assert.Contains(suffixes.Values, suffix => query == "sweep_gpu_" + suffix);
    }

    private static IEnumerable<string> DashboardQueries()
    {
        using var dashboard = JsonDocument.Parse(File.ReadAllText(Path.Combine(Programs.Repository, "deploy", "grafana", "sweep.json")));
        return [.. dashboard.RootElement.GetProperty("panels").EnumerateArray()
            .SelectMany(panel => panel.GetProperty("targets").EnumerateArray()).Select(target => target.GetProperty("expr").GetString()!)];
    }

    /// <summary>A server in a folder of its own that scrapes every second.</summary>
    private sealed class Prometheus : IDisposable
    {
        private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("sweep-prometheus-");
        private readonly HttpClient _http;
        private readonly Process _process;

        public Prometheus(params string[] targets)
        {
            var port = StatusTests.FreePort();
            File.WriteAllText(Path.Combine(_folder.FullName, "prometheus.yml"), $$"""
                global: {scrape_interval: 1s}
                scrape_configs:
                  - job_name: sweep
                    static_configs: [{targets: [{{string.Join(", ", targets.Select(target => $"\"{target}\""))}}]}]
                """);
            _process = Process.Start(new ProcessStartInfo("prometheus",
            [
                $"--config.file={_folder.FullName}/prometheus.yml", $"--storage.tsdb.path={_folder.FullName}/data", $"--web.listen-address=127.0.0.1:{port}", "--log.level=error",
            ]))!;
            _http = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{port}") };
        }

        public async Task<bool> HasDataAsync(string query)
        {
            try
            {
                using var answer = await _http.GetAsync($"/api/v1/query?query={Uri.EscapeDataString(query)}");
                if (answer.StatusCode == System.Net.HttpStatusCode.BadRequest) Assert.Fail($"{query}: {await answer.Content.ReadAsStringAsync()}");
                using var result = JsonDocument.Parse(await answer.Content.ReadAsStringAsync());
                return answer.IsSuccessStatusCode && result.RootElement.GetProperty("data").GetProperty("result").GetArrayLength() > 0;
            }
            catch (Exception exception) when (exception is HttpRequestException or JsonException)
            {
                // It is coming up.
                return false;
            }
        }

        public void Dispose()
        {
            _http.Dispose();
            _process.Kill();
            _process.WaitForExit();
            _process.Dispose();
            _folder.Delete(recursive: true);
        }
    }
}
