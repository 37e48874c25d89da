using System.Collections.Immutable;
using Sweep.Coordinator.SweepFiles.Yaml;
using Sweep.Shared;

namespace Sweep.Coordinator.SweepFiles;

/// <summary>A configuration that a person gives outside of the sweep file, checked as those in it are: names, values, conditions and constraints.</summary>
public static class ConfigurationReader
{
    /// <param name="sweepFile">The text of the file that says <paramref name="definition"/>.</param>
    /// <param name="configuration">A mapping from parameters to values, as YAML or JSON.</param>
    /// <returns>The hyperparameters, or all that is wrong with them.</returns>
    public static (Hyperparameters? Hyperparameters, ImmutableArray<string> Problems) Read(string sweepFile, string configuration, SweepDefinition definition)
    {
        var errors = new ErrorList("");
        var file = (YamlMapping)YamlTreeParser.Parse(sweepFile.TrimStart('\uFEFF'), new ErrorList(""))!;
        var node = YamlTreeParser.Parse(Characters.Check(configuration, errors), errors);
        var reader = new ParameterReader(ParameterNames.Of((definition.Base as CustomConfiguration)?.Trainer), errors);
        var known = file["parameters"] is { } parameters ? reader.ReadParameters(parameters.Value).ToDictionary(parameter => parameter.Name) : [];
        var hyperparameters = node is null ? null : reader.ReadConfiguration(node, known, definition.Space, "hyperparameters");
        return (errors.Count == 0 ? hyperparameters : null, [.. errors.InFileOrder().Select(error => error.Message)]);
    }
}
