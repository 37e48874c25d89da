using System.Collections.Immutable;
using Sweep.Coordinator.SearchSpaces;
using Sweep.Shared;

namespace Sweep.Coordinator.SweepFiles;

/// <summary>Which parameter's existence hangs on which: without cycles, and so that every parameter exists in some trial.</summary>
internal static class ParameterGraph
{
    /// <summary>The parameters; conditions that are in error have become null.</summary>
    public static ImmutableArray<ReadParameter> Check(ImmutableArray<ReadParameter> parameters, ErrorList errors)
    {
        var byName = parameters.ToDictionary(parameter => parameter.Name);
        var refused = new HashSet<string>();
        foreach (var parameter in parameters)
        {
            if (refused.Contains(parameter.Name)) continue;
            if (CycleFrom(parameter, byName) is not { } cycle) continue;
            var round = string.Join(" → ", cycle);
            errors.Add(parameter.WhenNode!.Mark, $"{parameter.Name}: conditions go round in a cycle, {round}; remove one of them");
            refused.UnionWith(cycle);
        }
        foreach (var parameter in parameters)
        {
            if (refused.Contains(parameter.Name) || Contradiction(parameter, byName) is not { } parent) continue;
            errors.Add(
                parameter.Mark,
                $"{parameter.Name}: no trial can reach this parameter, because its conditions need different values of {parent} at once; change `when`");
            refused.Add(parameter.Name);
        }
        return [.. parameters.Select(parameter => refused.Contains(parameter.Name) ? parameter with { When = null } : parameter)];
    }

    /// <summary>A way from the parameter to its parents and back to itself; null where there is none.</summary>
    private static ImmutableList<string>? CycleFrom(ReadParameter start, Dictionary<string, ReadParameter> byName)
    {
        var seen = new HashSet<string>();
        var open = new Queue<ImmutableList<string>>([[start.Name]]);
        while (open.TryDequeue(out var path))
        {
            foreach (var condition in byName[path[^1]].When ?? [])
            {
                if (condition.Parameter == start.Name) return path.Add(start.Name);
                if (seen.Add(condition.Parameter)) open.Enqueue(path.Add(condition.Parameter));
            }
        }
        return null;
    }

    /// <summary>A parameter of which the conditions, those of its parents included, leave no value; null where there is none.</summary>
    private static string? Contradiction(ReadParameter parameter, Dictionary<string, ReadParameter> byName)
    {
        var allowed = new Dictionary<string, HashSet<HyperparameterValue>>();
        var seen = new HashSet<string> { parameter.Name };
        var open = new Queue<ReadParameter>([parameter]);
        while (open.TryDequeue(out var child))
        {
            foreach (var condition in child.When ?? [])
            {
                if (allowed.TryGetValue(condition.Parameter, out var values)) values.IntersectWith(condition.Values);
                else allowed.Add(condition.Parameter, [.. condition.Values]);
                if (seen.Add(condition.Parameter)) open.Enqueue(byName[condition.Parameter]);
            }
        }
        return allowed.Where(pair => pair.Value.Count == 0).Select(pair => pair.Key).FirstOrDefault();
    }
}
