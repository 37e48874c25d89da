using System.Collections;
using System.Reflection;
using Sweep.Coordinator.Samplers;
using Sweep.Coordinator.Trials;

namespace Sweep.Coordinator.Tests.Histories;

/// <summary>Everything that a state says of itself, whatever properties it has, as text to compare.</summary>
internal static class StateText
{
    public static string Of(SweepState state) => PropertiesOf(state);

    private static string PropertiesOf(object value) => string.Join('\n', value.GetType().GetProperties(BindingFlags.Public | BindingFlags.Instance)
        .Where(property => property.GetIndexParameters().Length == 0)
        .Select(property => $"{property.Name}: {TextOf(property.GetValue(value))}"));

    private static string TextOf(object? value) => value switch
    {
        null => "null",
        string text => text,
        ObservationLog log => $"{log.Count}: {log.Fingerprint(log.Count)}",
        TrialState trial => PropertiesOf(trial),
        FailureStreak streak => PropertiesOf(streak),
        IEnumerable values => $"[{string.Join(", ", values.Cast<object?>().Select(TextOf).Order(StringComparer.Ordinal))}]",
        _ => value.ToString()!,
    };
}
