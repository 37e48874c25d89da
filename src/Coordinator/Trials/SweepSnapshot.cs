using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Serialization;
using Sweep.Shared;

namespace Sweep.Coordinator.Trials;

/// <summary>
/// What a state is made of, without what follows from the rest: configurations from hyperparameters, verdicts from curves, who runs and who
/// waits from the trials. See <see cref="SweepState.ToSnapshot"/>.
/// </summary>
/// <param name="Since">Since when this coordinator, or the last one, has been at work.</param>
/// <param name="Before">How long those before it were.</param>
/// <param name="Newest">When the newest event happened.</param>
/// <param name="Seconds">That attempts which are over have held workers, and running ones under earlier coordinators.</param>
/// <param name="Observed">Hashes of the configurations that have ended, in the order in which they did.</param>
/// <param name="Trials">All, in the order of their numbers.</param>
/// <param name="IsPaused">A person keeps the sweep from going on.</param>
/// <param name="Lessons">Of earlier runs.</param>
public sealed record SweepSnapshot(
    SweepId Sweep,
    Guid? ResumedBy,
    string? Began,
    string SweepFileHash,
    ImmutableArray<SweepExtension> Extensions,
    string? Program,
    bool IsExhausted,
    SweepEnding? Ending,
    FailureStreak? Streak,
    ImmutableArray<AttemptId> Refused,
    DateTimeOffset Since,
    TimeSpan Before,
    DateTimeOffset Newest,
    double Seconds,
    Lead? Leader,
    int TrialsSinceBest,
    ImmutableArray<string> Observed,
    ImmutableArray<TrialState> Trials,
    bool IsPaused = false,
    ImmutableArray<RunLessons> Lessons = default);

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    UseStringEnumConverter = true,
    NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
    IgnoreReadOnlyProperties = true,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(SweepSnapshot))]
[JsonSerializable(typeof(Exploit))]
[JsonSerializable(typeof(Lesson))]
public sealed partial class SweepSnapshotJson : JsonSerializerContext;

/// <summary>
/// A trial's epochs as one string: little-endian fields, one epoch after the other, in Base64. A sweep may have a million of them, which as JSON
/// take a hundred times as long to read.
/// </summary>
public sealed class CurvesConverter : JsonConverter<ImmutableList<EpochReport>>
{
    public override ImmutableList<EpochReport> Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        using var fields = new BinaryReader(new MemoryStream(reader.GetBytesFromBase64()));
        try
        {
            return [.. Enumerable.Range(0, fields.ReadInt32()).Select(_ => ReadReport(fields)).ToArray()];
        }
        catch (EndOfStreamException exception)
        {
            throw new JsonException("a trial's epochs are cut short", exception);
        }
    }

    public override void Write(Utf8JsonWriter writer, ImmutableList<EpochReport> value, JsonSerializerOptions options)
    {
        using var stream = new MemoryStream();
        using var fields = new BinaryWriter(stream);
        fields.Write(value.Count);
        foreach (var report in value) Write(fields, report);
        writer.WriteBase64StringValue(stream.GetBuffer().AsSpan(0, (int)stream.Length));
    }

    private static EpochReport ReadReport(BinaryReader fields) => new(
        fields.ReadInt32(), ReadDouble(fields), ReadDouble(fields), ReadEvaluation(fields), ReadEvaluation(fields),
        ReadDouble(fields), fields.ReadDouble(), ReadDouble(fields),
        fields.ReadBoolean() ? fields.ReadInt32() : null, fields.ReadBoolean() ? fields.ReadInt64() : null, ReadMetrics(fields));

    private static double? ReadDouble(BinaryReader fields) => fields.ReadBoolean() ? fields.ReadDouble() : null;

    private static Evaluation? ReadEvaluation(BinaryReader fields) => fields.ReadBoolean() ? new(ReadDouble(fields), ReadDouble(fields)) : null;

    private static ValueArray<Metric>? ReadMetrics(BinaryReader fields) => fields.ReadBoolean()
        ? Enumerable.Range(0, fields.ReadInt32()).Select(_ => new Metric(fields.ReadString(), fields.ReadDouble())).ToArray().ToValueArray()
        : null;

    private static void Write(BinaryWriter fields, EpochReport report)
    {
        fields.Write(report.Epoch);
        Write(fields, report.TrainLoss);
        Write(fields, report.TrainAccuracy);
        Write(fields, report.Validation);
        Write(fields, report.Test);
        Write(fields, report.LearningRate);
        fields.Write(report.Seconds);
        Write(fields, report.ImagesPerSecond);
        fields.Write(report.MicroBatches is not null);
        if (report.MicroBatches is { } microBatches) fields.Write(microBatches);
        fields.Write(report.PeakMemoryBytes is not null);
        if (report.PeakMemoryBytes is { } bytes) fields.Write(bytes);
        Write(fields, report.Metrics);
    }

    private static void Write(BinaryWriter fields, double? value)
    {
        fields.Write(value is not null);
        if (value is { } number) fields.Write(number);
    }

    private static void Write(BinaryWriter fields, Evaluation? evaluation)
    {
        fields.Write(evaluation is not null);
        if (evaluation is null) return;
        Write(fields, evaluation.Loss);
        Write(fields, evaluation.Accuracy);
    }

    private static void Write(BinaryWriter fields, ValueArray<Metric>? metrics)
    {
        fields.Write(metrics is not null);
        if (metrics is not { } all) return;
        fields.Write(all.Count);
        foreach (var (name, value) in all)
        {
            fields.Write(name);
            fields.Write(value);
        }
    }
}
