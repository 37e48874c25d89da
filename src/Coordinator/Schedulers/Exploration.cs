using Sweep.Coordinator.SearchSpaces;
using Sweep.Shared;
using Sweep.Shared.Settings;

namespace Sweep.Coordinator.Schedulers;

/// <summary>
/// Population based training's <c>explore</c>: the hyperparameters of the member that was copied, a little changed. Numbers are multiplied by 0.8 or
/// 1.2 (Jaderberg et al. 2017, section 4.1.1), steps and ends of their range kept, and choices move to a neighbour; now and again a value is
/// drawn anew. What makes the network, or the run of its training, is left as it was: the checkpoint would not fit it.
/// </summary>
public static class Exploration
{
    private const double Down = 0.8, Up = 1.2;

    /// <summary>Constraints may refuse so many in a row; then nothing changes.</summary>
    private const int MostDraws = 100;

    /// <summary>Settings that a training may go on with after they have changed.</summary>
    private static readonly HashSet<string> MayChange =
    [
        Setting.LearningRate, Setting.Momentum, "weight_decay", "label_smoothing", Setting.Augmentation,
        .. Setting.In(SettingSection.Augmentation).Select(setting => setting.Name),
    ];

    /// <summary>Names of the settings that a training may go on with after they have changed.</summary>
    public static IEnumerable<string> Names => MayChange;

    /// <param name="source">Of <paramref name="space"/>, as what comes of it is.</param>
    /// <param name="resampleProbability">With which a value is drawn anew.</param>
    public static Hyperparameters Of(SearchSpace space, Hyperparameters source, double resampleProbability, CounterRandom random)
    {
        for (var draw = 0; draw < MostDraws; draw++)
        {
            var explored = space.FromValues(ValueOf);
            if (space.Allows(explored) && space.Parameters.All(parameter => MayChange.Contains(parameter.Name) || explored[parameter.Name] == source[parameter.Name]))
                return explored;
        }
        return source;

        HyperparameterValue ValueOf(Parameter parameter)
        {
            var value = source[parameter.Name];
            // One that the source does not have begins to exist with what was changed before it.
            if (value is null) return parameter.Domain.FromUnit(random.NextDouble());
            if (!MayChange.Contains(parameter.Name)) return value;
            return random.NextDouble() < resampleProbability ? parameter.Domain.FromUnit(random.NextDouble()) : Perturbed(parameter.Domain, value, ref random);
        }
    }

    private static HyperparameterValue Perturbed(ParameterDomain domain, HyperparameterValue value, ref CounterRandom random)
    {
        var isUp = random.NextInt(2) == 1;
        switch (domain)
        {
            case ChoiceDomain choice:
                var index = choice.Values.Index().First(entry => entry.Item == value).Index;
                return choice.Values[Math.Clamp(index + (isUp ? 1 : -1), 0, choice.Values.Count - 1)];
            case ContinuousDomain range:
                return new HyperparameterValue.Number(Math.Clamp(value.AsDouble() * (isUp ? Up : Down), range.Min, range.Max));
            case LatticeDomain lattice:
                var moved = lattice.FromUnit(lattice.CoordinateNear(value.AsDouble() * (isUp ? Up : Down)));
                return moved != value ? moved : lattice.FromUnit(lattice.CoordinateNear(value.AsDouble() + (isUp ? lattice.Step : -lattice.Step)));
            default:
                throw new ArgumentOutOfRangeException(nameof(domain), domain, "unknown domain");
        }
    }
}
