using System.Text.Json;
using System.Text.Json.Serialization;
using Sweep.Coordinator.Plans;

namespace Sweep.Coordinator.Reports;

/// <summary>A plan for programs.</summary>
[JsonSourceGenerationOptions(
    WriteIndented = true, PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, UseStringEnumConverter = true)]
[JsonSerializable(typeof(SweepPlan))]
public sealed partial class PlanJson : JsonSerializerContext
{
    public static void Write(Stream stream, SweepPlan plan) => JsonSerializer.Serialize(stream, plan, Default.SweepPlan);
}
