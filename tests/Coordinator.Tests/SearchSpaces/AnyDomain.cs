using CsCheck;
using Sweep.Coordinator.SearchSpaces;
using Sweep.Shared;

namespace Sweep.Coordinator.Tests.SearchSpaces;

/// <summary>Random domains for properties.</summary>
public static class AnyDomain
{
    private static readonly Gen<Scale> Scales = Gen.Enum<Scale>();

    private static readonly Gen<ParameterDomain> Continuous =
        Gen.Select(Gen.Double[1e-4, 1], Gen.Double[1e-3, 10], Scales, Gen.Int[2, 20])
            .Select(ParameterDomain (min, width, scale, points) => new ContinuousDomain(min, min + width, scale, points % 2 == 0 ? points : null));

    private static readonly Gen<ParameterDomain> Whole =
        Gen.Select(Gen.Int[1, 50], Gen.Int[1, 200], Gen.Int[1, 50], Scales, Gen.Int[0, 4])
            .Select(ParameterDomain (min, width, anyStep, scale, points) =>
            {
                var step = 1 + anyStep % width;
                int? gridPoints = points >= 2 && width / step >= points ? points : null;
                return new LatticeDomain(min, min + width, step, scale, wholeNumbers: true, gridPoints, isGrid: points == 1);
            });

    private static readonly Gen<ParameterDomain> Stepped =
        Gen.Select(Gen.Int[1, 50], Gen.Int[1, 200], Gen.Int[1, 50], Scales, Gen.Bool)
            .Select(ParameterDomain (min, width, step, scale, isGrid) =>
                new LatticeDomain(min / 1000.0, (min + width) / 1000.0, Math.Min(step, width) / 1000.0 * 0.999, scale, wholeNumbers: false, isGrid: isGrid));

    public static Gen<ParameterDomain> Range { get; } = Gen.OneOf(Continuous, Whole, Stepped);

    public static Gen<ParameterDomain> Choice { get; } =
        Gen.Int[1, 5].Select(ParameterDomain (count) => new ChoiceDomain(Enumerable.Range(0, count).Select(index => new HyperparameterValue.Integer(index + 1))));

    public static Gen<ParameterDomain> Domain { get; } = Gen.OneOf(Range, Choice);
}
