using System.Text.Json;
using System.Text.RegularExpressions;
using Sweep.Shared;

namespace Sweep.GpuWorker.Programs;

/// <summary>What a line that a program has printed means to its worker. Anything that is not clearly a report is text.</summary>
internal abstract partial record ReportLine
{
    public const int MostMetrics = 100, LongestName = 100;

    private ReportLine() { }

    public sealed record Text : ReportLine;

    /// <param name="Share">Of the epoch under way, done; in [0, 1].</param>
    public sealed record Progress(double Share) : ReportLine;

    /// <param name="Report">Its seconds are 0 where the program does not tell.</param>
    /// <param name="Checkpoint">File or folder, within the folder for checkpoints, from which to go on after this epoch; null for none.</param>
    public sealed record Epoch(EpochReport Report, string? Checkpoint) : ReportLine
    {
        /// <summary>A loss that is NaN or infinite, by name; null where all are finite.</summary>
        public string? Divergence { get; } =
            Report.HasDiverged ? $"train_loss is {Report.TrainLoss}"
            : Report.Validation?.Loss is { } validation && !double.IsFinite(validation) ? $"validation_loss is {validation}"
            : Report.Test?.Loss is { } test && !double.IsFinite(test) ? $"test_loss is {test}"
            : null;
    }

    /// <summary>A report that contradicts the contract.</summary>
    public sealed record Bad(string Problem) : ReportLine;

    public static ReportLine Parse(string line)
    {
        var text = line.AsSpan().Trim();
        if (text is not ['{', .., '}']) return new Text();
        // Python's json.dumps writes NaN and Infinity bare, which JSON does not know.
        return ParseObject(line) ?? ParseObject(NotFinite().Replace(line, "\"$1\"")) ?? new Text();
    }

    /// <summary>Null where it is none.</summary>
    private static ReportLine? ParseObject(string text)
    {
        try
        {
            using var document = JsonDocument.Parse(text);
            if (document.RootElement.TryGetProperty("epoch", out var epoch)) return OfEpoch(epoch, document.RootElement);
            return document.RootElement.TryGetProperty("progress", out var share) && Number(share) is >= 0 and <= 1 and var done ? new Progress(done) : new Text();
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static ReportLine OfEpoch(JsonElement epoch, JsonElement report)
    {
        if (epoch.ValueKind != JsonValueKind.Number || !epoch.TryGetInt32(out var number) || number < 1)
            return new Bad($"reported epoch {epoch.GetRawText()}; epochs are whole numbers from 1");
        var figures = new Dictionary<string, double>();
        foreach (var property in report.EnumerateObject())
            if (property.Name is not "epoch" && Number(property.Value) is { } value) figures[property.Name] = value;
        var standard = new EpochReport(
            number, Take("train_loss"), Take("train_accuracy"), TakeEvaluation("validation"), TakeEvaluation("test"),
            Take("learning_rate"), Take("seconds") ?? 0, Take("images_per_second"));
        if (ProblemWith(standard, figures) is { } problem) return new Bad($"{problem} in epoch {number}");
        var own = figures.Select(figure => new Metric(figure.Key, figure.Value)).ToValueArray();
        var checkpoint = report.TryGetProperty("checkpoint", out var path) && path.ValueKind == JsonValueKind.String ? path.GetString() : null;
        return new Epoch(own.Count == 0 ? standard : standard with { Metrics = own }, checkpoint);

        double? Take(string name) => figures.Remove(name, out var value) ? value : null;

        Evaluation? TakeEvaluation(string images) =>
            (Take($"{images}_loss"), Take($"{images}_accuracy")) is var (loss, accuracy) && (loss ?? accuracy) is not null ? new Evaluation(loss, accuracy) : null;
    }

    /// <param name="own">Metrics of the trainer's own.</param>
    private static string? ProblemWith(EpochReport report, Dictionary<string, double> own)
    {
        (string Name, double? Value)[] accuracies =
            [("train_accuracy", report.TrainAccuracy), ("validation_accuracy", report.Validation?.Accuracy), ("test_accuracy", report.Test?.Accuracy)];
        foreach (var (name, value) in accuracies)
            if (value is not (null or (>= 0 and <= 1))) return $"{name} is {value}, where accuracies are fractions from 0 to 1,";
        foreach (var (name, value) in own)
        {
            if (!double.IsFinite(value)) return $"{name} is {value}";
            if (name.Length > LongestName) return $"{name[..20]}… is a metric with a name of more than {LongestName} characters";
        }
        if (!double.IsFinite(report.Seconds) || report.LearningRate is { } rate && !double.IsFinite(rate) || report.ImagesPerSecond is { } speed && !double.IsFinite(speed))
            return "seconds, learning_rate or images_per_second is not finite";
        return own.Count > MostMetrics ? $"reported {own.Count} metrics, and {MostMetrics} are allowed" : null;
    }

    private static double? Number(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Number => value.GetDouble(),
        JsonValueKind.String => value.GetString() switch
        {
            "NaN" => double.NaN,
            "Infinity" => double.PositiveInfinity,
            "-Infinity" => double.NegativeInfinity,
            _ => null,
        },
        _ => null,
    };

    [GeneratedRegex(@"(?<=[:\[,]\s*)(-?Infinity|NaN)(?=\s*[,}\]])")]
    private static partial Regex NotFinite();
}
