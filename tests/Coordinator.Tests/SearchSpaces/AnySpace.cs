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

    public static TrialConfiguration Base { get; } = new(
        new DatasetSettings(DatasetName.Digits),
        new ModelSettings(ModelFamily.Resnet, Blocks: [1, 1], Widths: [16, 32]),
        new TrainingSettings(10),
        new AugmentationSettings(Enabled: true));

    public static Gen<SearchSpace> Finite { get; } = Of(Gen.OneOf(AnyDomain.Choice, Gen.Int[1, 4].Select(Steps)));

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
