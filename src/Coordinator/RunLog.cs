using System.Text.Json;
using Serilog;
using Serilog.Core;
using Serilog.Events;
using Serilog.Formatting.Compact;

namespace Sweep.Coordinator;

/// <summary><c>run.log</c>: one JSON object a line. Lines that tell of an event say which, so that none is told twice or left out.</summary>
internal static class RunLog
{
    /// <summary>The property with the event's number in the history.</summary>
    public const string EventNumber = "Event";

    /// <param name="also">Hears every line too; null for nobody. It outlives the log.</param>
    /// <param name="isShared">A coordinator that was frozen may still hold the file, and must not write over what others append.</param>
    public static Logger Open(string path, ILogger? also = null, bool isShared = false)
    {
        EndLastLine(path);
        var file = new LoggerConfiguration().WriteTo.File(new CompactJsonFormatter(), path, shared: isShared).CreateLogger();
        var configuration = new LoggerConfiguration().MinimumLevel.Information()
            .MinimumLevel.Override("Microsoft", LogEventLevel.Warning)
            .WriteTo.Sink(new LenientSink(file));
        if (also is not null) configuration.WriteTo.Logger(also);
        return configuration.CreateLogger();
    }

    /// <summary>The same lines for a collector, to whatever standard output is now.</summary>
    public static Logger ToStandardOutput() =>
        new LoggerConfiguration().MinimumLevel.Information().WriteTo.Sink(new JsonLines(Console.Out)).CreateLogger();

    /// <summary>The highest number that a whole line tells of; 0 where none does.</summary>
    public static long LastEventIn(string path)
    {
        if (!File.Exists(path)) return 0;
        using var reader = new StreamReader(new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite));
        var last = 0L;
        while (reader.ReadLine() is { } line) last = Math.Max(last, NumberIn(line));
        return last;
    }

    private static long NumberIn(string line)
    {
        if (!line.Contains($"\"{EventNumber}\":", StringComparison.Ordinal)) return 0;
        try
        {
            using var document = JsonDocument.Parse(line);
            return document.RootElement.TryGetProperty(EventNumber, out var number) && number.TryGetInt64(out var value) ? value : 0;
        }
        catch (JsonException)
        {
            // Torn by the end of the process that wrote it.
            return 0;
        }
    }

    private static void EndLastLine(string path)
    {
        if (!File.Exists(path)) return;
        using var file = new FileStream(path, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite);
        if (file.Length == 0) return;
        file.Seek(-1, SeekOrigin.End);
        if (file.ReadByte() != '\n') file.WriteByte((byte)'\n');
    }

    /// <summary>Serilog's own console sink would follow the console wherever it is turned to later.</summary>
    private sealed class JsonLines(TextWriter output) : ILogEventSink
    {
        private readonly CompactJsonFormatter _formatter = new();

        public void Emit(LogEvent logEvent)
        {
            var line = new StringWriter();
            _formatter.Format(logEvent, line);
            output.Write(line.ToString());
        }
    }

    /// <summary>On a full disk a log's last lines are lost when it is closed, and nothing else is: that is no reason to end otherwise.</summary>
    private sealed class LenientSink(Logger file) : ILogEventSink, IDisposable
    {
        public void Emit(LogEvent logEvent) => file.Write(logEvent);

        public void Dispose()
        {
            try
            {
                file.Dispose();
            }
            catch (IOException)
            {
                // Whoever resumes the run writes the lines that are missing.
            }
        }
    }
}
