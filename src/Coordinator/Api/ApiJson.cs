using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Mvc;
using Sweep.Coordinator.Objectives;
using Sweep.Coordinator.Overfitting;
using Sweep.Coordinator.Reports;
using Sweep.Coordinator.Resuming;
using Sweep.Coordinator.SearchSpaces;
using Sweep.Coordinator.SweepFiles;
using Sweep.Coordinator.Trials;
using Sweep.Coordinator.Views;
using Sweep.Shared;
using Sweep.Shared.Protocol;

namespace Sweep.Coordinator.Api;

/// <summary>How the API writes and reads JSON: names as in <c>leaderboard.json</c>. Within one version, fields are only added.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, NewLine = "\n", IgnoreReadOnlyProperties = true,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    Converters =
    [
        typeof(SnakeCaseConverter<ObjectiveMetric>), typeof(SnakeCaseConverter<RowOutcome>), typeof(SnakeCaseConverter<VerdictKind>),
        typeof(SnakeCaseConverter<SweepActivity>), typeof(SnakeCaseConverter<SweepEnding>), typeof(SnakeCaseConverter<SchedulerKind>),
        typeof(SnakeCaseConverter<SearchAlgorithm>), typeof(SnakeCaseConverter<ParameterKind>), typeof(SnakeCaseConverter<Scale>),
        typeof(SnakeCaseConverter<RungFate>), typeof(SnakeCaseConverter<AskStatus>), typeof(SnakeCaseConverter<TrialDecision>), typeof(SnakeCaseConverter<AttemptEnding>), typeof(SnakeCaseConverter<TrialMetric>), typeof(TrialNumberConverter),
    ])]
[JsonSerializable(typeof(ApiDocument))]
[JsonSerializable(typeof(SweepList))]
[JsonSerializable(typeof(SweepDocument))]
[JsonSerializable(typeof(TrialPage))]
[JsonSerializable(typeof(TrialDocument))]
[JsonSerializable(typeof(EpochsDocument))]
[JsonSerializable(typeof(LogDocument))]
[JsonSerializable(typeof(ProgressDocument))]
[JsonSerializable(typeof(ParallelDocument))]
[JsonSerializable(typeof(ImportanceDocument))]
[JsonSerializable(typeof(EffectsDocument))]
[JsonSerializable(typeof(OverfitMapDocument))]
[JsonSerializable(typeof(RungsDocument))]
[JsonSerializable(typeof(LineageDocument))]
[JsonSerializable(typeof(WorkersDocument))]
[JsonSerializable(typeof(TimelineDocument))]
[JsonSerializable(typeof(WarningsDocument))]
[JsonSerializable(typeof(double))]
[JsonSerializable(typeof(FeedEntry))]
[JsonSerializable(typeof(OrderDocument))]
[JsonSerializable(typeof(EnqueueRequest))]
[JsonSerializable(typeof(AskRequest))]
[JsonSerializable(typeof(AskDocument))]
[JsonSerializable(typeof(ReportRequest))]
[JsonSerializable(typeof(HeartbeatRequest))]
[JsonSerializable(typeof(EndRequest))]
[JsonSerializable(typeof(DecisionDocument))]
[JsonSerializable(typeof(ExtensionRequest))]
[JsonSerializable(typeof(ProblemDetails))]
public sealed partial class ApiJson : JsonSerializerContext
{
    /// <summary>Makes others' options write and read as this does: a context that is only looked up in gives them types, and not how those are written.</summary>
    public static void Configure(JsonSerializerOptions options)
    {
        options.TypeInfoResolverChain.Insert(0, Default);
        options.PropertyNamingPolicy = Default.Options.PropertyNamingPolicy;
        options.IgnoreReadOnlyProperties = Default.Options.IgnoreReadOnlyProperties;
        options.UnmappedMemberHandling = Default.Options.UnmappedMemberHandling;
        foreach (var converter in Default.Options.Converters) options.Converters.Add(converter);
    }
}

/// <summary>For reading what a newer coordinator has written: fields that are not known are left out.</summary>
internal static class LenientApiJson
{
    public static ApiJson Context { get; } = new(new JsonSerializerOptions(ApiJson.Default.Options) { UnmappedMemberHandling = JsonUnmappedMemberHandling.Skip });
}
