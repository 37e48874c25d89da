using Serilog;

namespace Sweep.Coordinator.Tests.Outlets;

public sealed class LogSinksTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("sweep-logs-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void A_file_names_a_further_place_for_every_line_of_the_log()
    {
        var target = Path.Combine(_folder, "further.log");
        var config = Config($$$"""{"Serilog": {"WriteTo": [{"Name": "File", "Args": {"path": "{{{target}}}", "formatter": "Serilog.Formatting.Compact.CompactJsonFormatter, Serilog.Formatting.Compact"}}]}}""");
        using (var sinks = LogSinks.Open(null, config))
        using (var log = RunLog.Open(Path.Combine(_folder, "run.log"), sinks)) log.Information("Trial {Trial} ended", 7);
        Assert.Contains("\"Trial\":7", File.ReadAllText(target), StringComparison.Ordinal);
        Assert.Contains("\"Trial\":7", File.ReadAllText(Path.Combine(_folder, "run.log")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Lines_reach_a_collector_by_OpenTelemetry()
    {
        await using var receiver = await Receiver.StartAsync();
        var config = Config($$$"""{"Serilog": {"WriteTo": [{"Name": "OpenTelemetry", "Args": {"endpoint": "{{{receiver.Address}}}v1/logs", "protocol": "HttpProtobuf"}}]}}""");
        using (var sinks = LogSinks.Open(null, config)) sinks!.Information("Trial {Trial} ended", 7);
        var request = await receiver.NextAsync();
        Assert.Equal("/v1/logs", request.Path);
        Assert.Contains("Trial 7 ended", System.Text.Encoding.UTF8.GetString(request.Body), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{\"Serilog\": {}}", "has no Serilog.WriteTo")]
    [InlineData("{\"Serilog\": ", "config.json")]
    public void A_file_that_names_no_place_is_refused(string text, string complaint) =>
        Assert.Contains(complaint, Assert.Throws<IOException>(() => LogSinks.Open(null, Config(text))).Message, StringComparison.Ordinal);

    [Fact]
    public void A_file_that_is_missing_is_refused() =>
        Assert.Contains("does not exist", Assert.Throws<IOException>(() => LogSinks.Open(null, Path.Combine(_folder, "none.json"))).Message, StringComparison.Ordinal);

    private string Config(string text)
    {
        var path = Path.Combine(_folder, "config.json");
        File.WriteAllText(path, text);
        return path;
    }
}
