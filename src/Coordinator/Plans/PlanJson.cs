using System.Text.Json;
using System.Text.Json.Serialization;

namespace Sweep.Coordinator.Plans;

/// <summary>A plan for programs.</summary>
[JsonSourceGenerationOptions(
    WriteIndented = true, PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, UseStringEnumConverter = true)]
[JsonSerializable(typeof(SweepPlan))]
public sealed partial class PlanJson : JsonSerializerContext
{
    public static string Of(SweepPlan plan) => JsonSerializer.Serialize(plan, Default.SweepPlan);
}
