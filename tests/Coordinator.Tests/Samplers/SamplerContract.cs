using CsCheck;
using Sweep.Coordinator.Samplers;
using Sweep.Coordinator.SearchSpaces;
using Sweep.Coordinator.Tests.SearchSpaces;
using Sweep.Shared;
using static Sweep.Shared.HyperparameterValue;

namespace Sweep.Coordinator.Tests.Samplers;

/// <summary>What every sampler owes: derive a class, and its sampler is held to it.</summary>
public abstract class SamplerContract
{
    protected abstract ISampler Create(SearchSpace space, long seed);

    [Fact]
    public void Every_suggestion_lies_in_the_space() =>
        Spaces.Sample((space, seed) => Suggestions(space, seed).All(space.Contains));

    [Fact]
    public void No_configuration_is_suggested_twice() =>
        Spaces.Sample((space, seed) =>
        {
            var hashes = Suggestions(space, seed).Select(hyperparameters => Hash(space, hyperparameters)).ToList();
            return hashes.Count == hashes.Distinct().Count();
        });

    [Fact]
    public void A_finite_space_is_exhausted_before_the_sampler_gives_up() =>
        Spaces.Sample((space, seed) =>
            Suggestions(space, seed).Select(hyperparameters => Hash(space, hyperparameters)).ToHashSet()
                .SetEquals(space.All().Where(space.Allows).Select(hyperparameters => Hash(space, hyperparameters))));

    [Fact]
    public void The_same_seed_gives_the_same_suggestions() =>
        Spaces.Sample((space, seed) => Suggestions(space, seed).SequenceEqual(Suggestions(space, seed)));

    [Fact]
    public void A_sampler_made_anew_goes_on_where_the_old_one_was() =>
        Spaces.Sample((space, seed) =>
        {
            var history = new History();
            var old = Create(space, seed);
            while (old.Suggest(history) is { } suggestion)
            {
                if (!suggestion.Equals(Create(space, seed).Suggest(history))) return false;
                history.Add(Hash(space, suggestion));
            }
            return Create(space, seed).Suggest(history) is null;
        });

    [Fact]
    public void Asking_twice_changes_nothing() =>
        Spaces.Sample((space, seed) =>
        {
            var sampler = Create(space, seed);
            return Equals(sampler.Suggest(new History()), sampler.Suggest(new History()));
        });

    [Fact]
    public void What_others_tried_is_not_suggested() =>
        Spaces.Sample((space, seed) =>
        {
            var tried = space.All().Where((_, index) => index % 2 == 1).Select(hyperparameters => Hash(space, hyperparameters)).ToHashSet();
            var history = new History();
            foreach (var hash in tried) history.Add(hash);
            return Suggestions(space, seed, history).All(hyperparameters => !tried.Contains(Hash(space, hyperparameters)));
        });

    [Fact]
    public void Configurations_that_train_the_same_network_count_as_one()
    {
        var space = new SearchSpace([
            new("augmentation", new ChoiceDomain([new Flag(true), new Flag(false)])),
            new("crop_padding", new ChoiceDomain([new Integer(2), new Integer(4)])),
        ]);

        Assert.Equal(3, Suggestions(space, seed: 1).Count);
    }

    [Fact]
    public void A_space_without_parameters_is_one_trial() => Assert.Equal([Hyperparameters.None], Suggestions(new SearchSpace([]), seed: 1));

    protected static string Hash(SearchSpace space, Hyperparameters hyperparameters) => space.Resolve(AnySpace.Base, hyperparameters).CanonicalHash();

    protected List<Hyperparameters> Suggestions(SearchSpace space, long seed, History? history = null, int most = int.MaxValue)
    {
        history ??= new History();
        var sampler = Create(space, seed);
        var suggestions = new List<Hyperparameters>();
        while (suggestions.Count < most && sampler.Suggest(history) is { } suggestion)
        {
            suggestions.Add(suggestion);
            history.Add(Hash(space, suggestion));
        }
        return suggestions;
    }

    /// <summary>Samplers hash configurations by the thousand: fewer spaces than CsCheck's hundred keep the suite fast.</summary>
    private static class Spaces
    {
        public static void Sample(Func<SearchSpace, long, bool> holds) => Gen.Select(AnySpace.Finite, Gen.Long).Sample(holds, iter: 30);
    }

    protected sealed class History : ISamplerHistory
    {
        private readonly HashSet<string> _hashes = [];

        public int ConfigurationCount => _hashes.Count;

        public bool WasTried(string configurationHash) => _hashes.Contains(configurationHash);

        public void Add(string hash) => _hashes.Add(hash);
    }
}
