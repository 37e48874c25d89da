using Sweep.Coordinator.SearchSpaces;
using Sweep.Coordinator.SweepFiles.Yaml;
using Sweep.Shared;

namespace Sweep.Coordinator.SweepFiles;

/// <summary>The values that a parameter may take: fixed, a choice or a range.</summary>
internal sealed class DomainReader(string name, SettingType type, Section section, ErrorList errors)
{
    public static readonly string[] Keys = ["value", "values", "probabilities", "distribution", "min", "max", "step", "points", "when"];

    private static readonly string[] RangeKeys = ["distribution", "min", "max", "step", "points"];
    private static readonly string[] EndKeys = ["min", "max"];
    private static readonly SettingType.Number AnyNumber = new(double.MinValue, double.MaxValue);
    private static readonly SettingType.Name Distributions = new(["uniform", "log_uniform", "int_uniform", "int_log_uniform"]);

    /// <summary>Counting further would lose whole numbers in a double.</summary>
    private const double MostValues = 1e15;

    /// <summary>Null, with an error, where the file gives no usable domain.</summary>
    public ParameterDomain? Read()
    {
        var before = errors.Count;
        string?[] forms = [Given("value"), Given("values"), RangeKeys.Select(Given).FirstOrDefault(key => key is not null)];
        var given = forms.OfType<string>().ToList();
        if (given.Count == 0) return Refuse(section.Mark, "says no values; give value, values, or min and max");
        if (given.Count > 1) return Refuse(section.Entry(given[1])!.Mark, $"has both {given[0]} and {given[1]}; keep one of them");
        if (given[0] != "values" && section.Entry("probabilities") is { } stray)
            return Refuse(stray.Mark, "probabilities belong to `values`; remove them");
        var domain = given[0] switch
        {
            "value" => ReadFixed(),
            "values" => ReadChoice(),
            _ => ReadRange(),
        };
        return errors.Count == before ? domain : null;
    }

    private ChoiceDomain? ReadFixed() =>
        ValueReader.Read(type, name, section.Node("value")!, errors) is { } value ? new ChoiceDomain([value]) : null;

    private ParameterDomain? ReadChoice()
    {
        var node = section.Node("values")!;
        if (node is not YamlSequence { Items.Length: > 0 } sequence)
            return Refuse(node.Mark, $"{node.Display} holds no values; give a list with at least one");
        if (type is SettingType.Integers or SettingType.List && sequence.Items.All(item => item is YamlScalar))
            return Refuse(node.Mark, $"each value is a list itself; write {sequence.Display} as [{sequence.Display}]");
        var values = new List<HyperparameterValue>();
        var seen = new HashSet<HyperparameterValue>();
        foreach (var item in sequence.Items)
        {
            if (ValueReader.Read(type, name, item, errors) is not { } value) continue;
            if (!seen.Add(value)) Refuse(item.Mark, $"{item.Display} is there twice; remove one");
            values.Add(value);
        }
        var probabilities = ReadProbabilities(sequence.Items.Length);
        return seen.Count == sequence.Items.Length ? new ChoiceDomain(values, probabilities) : null;
    }

    private double[]? ReadProbabilities(int count)
    {
        if (section.Node("probabilities") is not { } node) return null;
        if (node is not YamlSequence sequence || sequence.Items.Length != count)
        {
            Refuse(node.Mark, $"probabilities must be a list with one for each of the {count} values");
            return null;
        }
        var positive = new SettingType.Number(0, 1, AboveMin: true);
        var probabilities = sequence.Items
            .Select(item => (ValueReader.Read(positive, "probabilities", item, errors) as HyperparameterValue.Number)?.Value).ToList();
        if (probabilities.Any(probability => probability is null)) return null;
        var sum = probabilities.Sum()!.Value;
        if (Math.Abs(sum - 1) <= 1e-6) return [.. probabilities.Select(probability => probability!.Value)];
        Refuse(node.Mark, $"the probabilities sum to {sum:G6}; make them sum to 1");
        return null;
    }

    private ParameterDomain? ReadRange()
    {
        if (type is not (SettingType.Number or SettingType.Integer))
            return Refuse(section.Mark, $"takes {type.Expected}; use values, not a range");
        foreach (var key in EndKeys) section.Require(key, $"{name}: a range needs `{key}`; add it");
        var (min, max) = (section.Number("min", AnyNumber), section.Number("max", AnyNumber));
        var areEndsWhole = EndKeys.All(key => section.Node(key) is { } node && ValueReader.IsWholeNumber(node));
        var distribution = section.Node("distribution") is not null
            ? section.Name("distribution", Distributions)
            : areEndsWhole ? "int_uniform" : "uniform";
        if (min is null || max is null || distribution is null) return null;
        var isWhole = distribution.StartsWith("int_", StringComparison.Ordinal);
        var scale = distribution.EndsWith("log_uniform", StringComparison.Ordinal) ? Scale.Log : Scale.Linear;
        if (!isWhole && type is SettingType.Integer)
            return Refuse(section.Mark, "takes whole numbers; give them as min and max, with int_uniform or int_log_uniform if you name a distribution");
        if (isWhole && !areEndsWhole) return Refuse(section.Mark, $"{distribution} needs whole numbers for min and max");
        if (RangeProblem(min.Value, max.Value, scale) is { } problem) return Refuse(section.Mark, problem);
        return ReadRange(min.Value, max.Value, scale, isWhole);
    }

    /// <summary>A range whose ends are valid.</summary>
    private ParameterDomain? ReadRange(double min, double max, Scale scale, bool isWhole)
    {
        var (step, points) = (ReadStep(isWhole, max - min), section.Integer("points", min: 2));
        if (step is not null && points is not null) return Refuse(section.Entry("points")!.Mark, "has both step and points; keep one of them");
        if (step is null && !isWhole) return new ContinuousDomain(min, max, scale, points);
        var spacing = step ?? 1;
        var steps = (max - min) / spacing;
        if (steps > MostValues) return Refuse(section.Mark, "the step is far too small for the range; enlarge it");
        if (points - 1 > steps) return Refuse(section.Entry("points")!.Mark, $"{points} points are more than the range has values; lower it");
        return new LatticeDomain(min, max, spacing, scale, type is SettingType.Integer, points, isGrid: step is not null);
    }

    private string? RangeProblem(double min, double max, Scale scale)
    {
        var (low, high) = (section.Node("min")!.Display, section.Node("max")!.Display);
        if (min > max) return $"min {low} is above max {high}; swap them";
        if (min == max) return $"min and max are both {low}; widen the range or write {{value: {low}}}";
        if (scale == Scale.Log && min <= 0) return $"a log scale needs min above 0, and min is {low}; raise min or use a linear distribution";
        if (!Accepts(min)) return $"min {low} is out of range; the setting is {type.Expected}";
        return Accepts(max) ? null : $"max {high} is out of range; the setting is {type.Expected}";
    }

    private double? ReadStep(bool isWhole, double range)
    {
        if (section.Number("step", AnyNumber) is not { } step) return null;
        var node = section.Node("step")!;
        if (step <= 0) Refuse(node.Mark, $"step {node.Display} is not positive; give one above 0");
        else if (step > range) Refuse(node.Mark, $"step {node.Display} exceeds the range from min to max; lower it");
        else if (isWhole && !ValueReader.IsWholeNumber(node)) Refuse(node.Mark, $"step {node.Display} is not whole, as min and max are; give a whole one");
        else return step;
        return null;
    }

    private bool Accepts(double number) =>
        type.Accepts(type is SettingType.Integer ? new HyperparameterValue.Integer((long)number) : new HyperparameterValue.Number(number));

    private string? Given(string key) => section.Node(key) is null ? null : key;

    private ParameterDomain? Refuse(Mark mark, string problem)
    {
        errors.Add(mark, $"{name}: {problem}");
        return null;
    }
}
