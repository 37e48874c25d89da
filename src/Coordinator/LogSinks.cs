using Microsoft.Extensions.Configuration;
using Serilog;
using Serilog.Core;

namespace Sweep.Coordinator;

/// <summary>
/// Further places for the log, by a file: the <c>Serilog</c> section that Serilog.Settings.Configuration reads. Sinks that come along: <c>Console</c>,
/// <c>File</c> and <c>OpenTelemetry</c>; an assembly of another one may lie beside the program and be named under <c>Using</c>.
/// </summary>
internal static class LogSinks
{
    private const string Section = "Serilog";

    /// <summary>Hears every line of the log besides <c>run.log</c>; null where nobody does.</summary>
    /// <param name="jsonLog">Null for none.</param>
    /// <param name="file">Null for none.</param>
    /// <exception cref="IOException">As below.</exception>
    public static Logger? Open(Logger? jsonLog, string? file)
    {
        if (jsonLog is null && file is null) return null;
        var both = new LoggerConfiguration();
        if (jsonLog is not null) both.WriteTo.Logger(jsonLog);
        if (file is not null) both.WriteTo.Logger(Configured(file), attemptDispose: true);
        return both.CreateLogger();
    }

    /// <exception cref="IOException">The file is missing, is no JSON, or asks for a sink that is not there; the message says what to do.</exception>
    private static Logger Configured(string file)
    {
        if (!File.Exists(file)) throw new IOException($"--log-config: {file} does not exist");
        try
        {
            var configuration = new ConfigurationBuilder().AddJsonFile(Path.GetFullPath(file)).Build();
            if (!configuration.GetSection(Section).GetSection("WriteTo").GetChildren().Any())
                throw new IOException($"--log-config: {file} has no {Section}.WriteTo; see docs/running.md for an example");
            return new LoggerConfiguration().ReadFrom.Configuration(configuration).CreateLogger();
        }
        catch (Exception exception) when (exception is InvalidDataException or FormatException or InvalidOperationException or FileNotFoundException)
        {
            throw new IOException($"--log-config: {file}: {exception.GetBaseException().Message}", exception);
        }
    }
}
