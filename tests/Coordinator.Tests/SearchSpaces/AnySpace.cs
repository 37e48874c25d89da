using CsCheck;
using Sweep.Coordinator.SearchSpaces;
using Sweep.Shared;
using Sweep.Shared.Datasets;
using Sweep.Shared.Models;

namespace Sweep.Coordinator.Tests.SearchSpaces;

/// <summary>Small random spaces over settings that any whole number suits, with conditions and constraints.</summary>
public static class AnySpace
{
    private static readonly string[] Names = ["epochs", "batch_size", "warmup_epochs", "crop_padding"];

    public static NetworkConfiguration Base { get; } = new(
        new DatasetSettings(DatasetName.Digits),
        new ModelSettings(ModelFamily.Resnet, Blocks: [1, 1], Widths: [16, 32]),
        new TrainingSettings(10),
        new AugmentationSettings(Enabled: true));

    /// <summary>Settings that are numbers, and a continuum of each.</summary>
    private static readonly string[] NumberNames = ["learning_rate", "weight_decay", "momentum"];

    public static Gen<SearchSpace> Finite { get; } = Of(Gen.OneOf(AnyDomain.Choice, Gen.Int[1, 4].Select(Steps)));

    private static Gen<ParameterDomain> Range { get; } = Gen.Select(Gen.Enum<Scale>(), Gen.Int[0, 20]).Select(ParameterDomain (scale, steps) => steps < 5
        ? new ContinuousDomain(0.001, 0.9, scale)
        : new LatticeDomain(0.001, 0.9, 0.899 / steps, scale, wholeNumbers: false));

    /// <summary>Finite parameters, and up to three ranges with and without steps, which may hang on the first of them; one may be ruled out in part.</summary>
    public static Gen<SearchSpace> Any { get; } =
        Gen.Select(Finite, Range.Array[0, 3], Gen.Int[0, 7], Gen.Bool).Select((finite, domains, conditions, isConstrained) =>
        {
            var parent = finite.Parameters.First(parameter => parameter.When.Count == 0);
            var first = parent.Domain.At(0);
            var ranges = domains.Select((domain, index) => new Parameter(
                NumberNames[index], domain, (conditions >> index & 1) == 1 ? [new Condition(parent.Name, [first])] : []));
            Constraint[] more = isConstrained && domains.Length > 0
                ? [new Constraint([new Condition(parent.Name, [first])], [new Requirement(NumberNames[0], Max: 0.5)])]
                : [];
            return new SearchSpace([.. ranges, .. finite.Parameters], [.. finite.Constraints, .. more]);
        });

    private static ParameterDomain Steps(int count) => new LatticeDomain(2, 2 + 3 * count, 3, Scale.Linear, wholeNumbers: true, isGrid: true);

    /// <summary>A bit of <c>conditions</c> makes a parameter hang on an earlier one; one of <c>constraints</c> rules out part of it.</summary>
    private static Gen<SearchSpace> Of(Gen<ParameterDomain> domain) =>
        Gen.Select(domain.Array[1, 4], Gen.Int[0, 15], Gen.Int[0, 15], Gen.Bool).Select((domains, conditions, constraints, childrenFirst) =>
        {
            var parameters = domains.Select((own, index) => new Parameter(Names[index], own, index > 0 && (conditions >> index & 1) == 1
                ? [new Condition(Names[index - 1], [domains[index - 1].At(0)])]
                : [])).ToList();
            var rules = domains.Select((own, index) => new Constraint(
                [new Condition(Names[0], [domains[0].At(domains[0].Count!.Value - 1)])],
                [new Requirement(Names[index], [own.At(0)])])).Where((_, index) => index > 0 && (constraints >> index & 1) == 1).ToList();
            if (childrenFirst) parameters.Reverse();
            return new SearchSpace(parameters, rules);
        });
}
