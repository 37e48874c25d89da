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
    ImmutableArray<TrialState> Trials);

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    UseStringEnumConverter = true,
    NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
    IgnoreReadOnlyProperties = true,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(SweepSnapshot))]
[JsonSerializable(typeof(Exploit))]
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
        fields.ReadInt32(), fields.ReadDouble(), fields.ReadDouble(),
        fields.ReadBoolean() ? ReadEvaluation(fields) : null, ReadEvaluation(fields),
        fields.ReadDouble(), fields.ReadDouble(), fields.ReadDouble(),
        fields.ReadBoolean() ? fields.ReadInt32() : null, fields.ReadBoolean() ? fields.ReadInt64() : null);

    private static Evaluation ReadEvaluation(BinaryReader fields) => new(fields.ReadDouble(), fields.ReadDouble());

    private static void Write(BinaryWriter fields, EpochReport report)
    {
        fields.Write(report.Epoch);
        fields.Write(report.TrainLoss);
        fields.Write(report.TrainAccuracy);
        fields.Write(report.Validation is not null);
        if (report.Validation is { } validation) Write(fields, validation);
        Write(fields, report.Test);
        fields.Write(report.LearningRate);
        fields.Write(report.Seconds);
        fields.Write(report.ImagesPerSecond);
        fields.Write(report.MicroBatches is not null);
        if (report.MicroBatches is { } microBatches) fields.Write(microBatches);
        fields.Write(report.PeakMemoryBytes is not null);
        if (report.PeakMemoryBytes is { } bytes) fields.Write(bytes);
    }

    private static void Write(BinaryWriter fields, Evaluation evaluation)
    {
        fields.Write(evaluation.Loss);
        fields.Write(evaluation.Accuracy);
    }
}
