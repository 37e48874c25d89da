using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Serialization;
using Sweep.Coordinator.Importances;
using Sweep.Coordinator.Objectives;
using Sweep.Coordinator.Overfitting;
using Sweep.Coordinator.Replicates;
using Sweep.Coordinator.SweepFiles;
using Sweep.Shared;

namespace Sweep.Coordinator.Reports;

/// <summary><c>leaderboard.json</c>: everything the leaderboard knows, for programs. Within one schema number, fields are only added.</summary>
public static class LeaderboardJson
{
    public const int Schema = 1;

    public static void Write(Stream stream, Leaderboard board)
    {
        var sweep = board.Sweep;
        var goal = sweep.Objective.Maximizes ? "maximize" : "minimize";
        JsonSerializer.Serialize(stream, new LeaderboardDocument(
            Schema, sweep.Name, sweep.Seed, sweep.DatasetName, new ObjectiveDocument(sweep.Objective.Name, goal),
            board.Notice, board.Ended, board.Rows,
            board.Configurations.IsEmpty ? null : PairedTTest.Name,
            board.Configurations.IsEmpty ? null : board.Configurations)
        {
            FurtherObjectives = sweep.FurtherObjectives.Count == 0
                ? null
                : [.. sweep.FurtherObjectives.Select(further => new FurtherObjectiveDocument(further.Metric, further.Maximizes ? "maximize" : "minimize"))],
            WhatMattered = board.Mattered,
        }, LeaderboardJsonContext.Default.LeaderboardDocument);
        stream.WriteByte((byte)'\n');
    }
}

internal sealed record LeaderboardDocument(
    int Schema,
    string Sweep,
    long Seed,
    string? Dataset,
    ObjectiveDocument Objective,
    string? Notice,
    bool Ended,
    ImmutableArray<LeaderboardRow> Trials,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Comparison,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] IReadOnlyList<ConfigurationRow>? Configurations)
{
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<FurtherObjectiveDocument>? FurtherObjectives { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public WhatMattered? WhatMattered { get; init; }
}

internal sealed record ObjectiveDocument(string Metric, string Goal);

internal sealed record FurtherObjectiveDocument(TrialMetric Metric, string Goal);

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, WriteIndented = true, NewLine = "\n", IgnoreReadOnlyProperties = true,
    Converters =
    [
        typeof(SnakeCaseConverter<TrialMetric>), typeof(SnakeCaseConverter<RowOutcome>), typeof(SnakeCaseConverter<VerdictKind>),
        typeof(TrialNumberConverter),
    ])]
[JsonSerializable(typeof(LeaderboardDocument))]
[JsonSerializable(typeof(double))]
internal sealed partial class LeaderboardJsonContext : JsonSerializerContext;

internal sealed class SnakeCaseConverter<T>() : JsonStringEnumConverter<T>(JsonNamingPolicy.SnakeCaseLower) where T : struct, Enum;

internal sealed class TrialNumberConverter : JsonConverter<TrialId>
{
    public override TrialId Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => new(reader.GetInt32());

    public override void Write(Utf8JsonWriter writer, TrialId value, JsonSerializerOptions options) => writer.WriteNumberValue(value.Number);
}
