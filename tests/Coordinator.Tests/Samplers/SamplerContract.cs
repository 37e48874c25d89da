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
    /// <summary>Of a space that is walked to its end; more for samplers that count quickly.</summary>
    protected virtual int MostCombinations => 40;

    /// <summary>The same where there are a thousand spaces.</summary>
    protected virtual int MostToExhaust => 12;

    /// <summary>Whether the sampler searches spaces that have no grid.</summary>
    protected virtual bool SearchesRanges => true;

    protected abstract ISampler Create(SearchSpace space, long seed);

    [Fact]
    public void Every_suggestion_of_a_thousand_spaces_is_new_and_allowed() =>
        Gen.Select(SearchesRanges ? AnySpace.Any : AnySpace.Finite, Gen.Long).Sample((space, seed) =>
        {
            var suggestions = Suggestions(space, seed, most: 12, parallel: 1 + (int)((ulong)seed % 3));
            return suggestions.All(space.Contains)
                && suggestions.Select(hyperparameters => Hash(space, hyperparameters)).Distinct().Count() == suggestions.Count;
        }, iter: 1_000);

    [Fact]
    public void Each_of_a_thousand_finite_spaces_is_exhausted_before_the_sampler_gives_up() =>
        Spaces(MostToExhaust).Sample((space, seed) =>
            Suggestions(space, seed).Select(hyperparameters => Hash(space, hyperparameters)).Order()
                .SequenceEqual(space.All().Where(space.Allows).Select(hyperparameters => Hash(space, hyperparameters)).Distinct().Order()), iter: 1_000);

    [Fact]
    public void The_same_seed_and_order_of_results_give_the_same_suggestions() =>
        Sample((space, seed) => Suggestions(space, seed, parallel: 3).SequenceEqual(Suggestions(space, seed, parallel: 3)));

    [Fact]
    public void A_sampler_made_anew_goes_on_where_the_old_one_was() =>
        Sample((space, seed) =>
        {
            var (history, old) = (new History(space, parallel: 3, seed), Create(space, seed));
            while (old.Suggest(history) is { } suggestion)
            {
                if (!suggestion.Equals(Create(space, seed).Suggest(history))) return false;
                history.Add(suggestion);
            }
            return Create(space, seed).Suggest(history) is null;
        });

    [Fact]
    public void Other_histories_in_between_change_nothing() =>
        Sample((space, seed) =>
        {
            var (sampler, history, other) = (Create(space, seed), new History(space, 2, seed), new History(space, 1, seed + 1));
            while (sampler.Suggest(history) is { } suggestion)
            {
                history.Add(suggestion);
                if (sampler.Suggest(other) is { } another) other.Add(another);
                if (!Equals(sampler.Suggest(history), Create(space, seed).Suggest(history))) return false;
            }
            return true;
        });

    [Fact]
    public void What_others_tried_is_not_suggested() =>
        Sample((space, seed) =>
        {
            var history = new History(space, 1, seed);
            foreach (var hyperparameters in space.All().Where((_, index) => index % 2 == 1)) history.Add(hyperparameters);
            var tried = space.All().Where((_, index) => index % 2 == 1).Select(hyperparameters => Hash(space, hyperparameters)).ToHashSet();
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

    protected List<Hyperparameters> Suggestions(SearchSpace space, long seed, History? history = null, int most = int.MaxValue, int parallel = 1)
    {
        history ??= new History(space, parallel, seed);
        var sampler = Create(space, seed);
        var suggestions = new List<Hyperparameters>();
        while (suggestions.Count < most && sampler.Suggest(history) is { } suggestion)
        {
            suggestions.Add(suggestion);
            history.Add(suggestion);
        }
        return suggestions;
    }

    /// <summary>Samplers hash configurations by the thousand: fewer spaces than CsCheck's hundred keep the suite fast.</summary>
    private void Sample(Func<SearchSpace, long, bool> holds) => Spaces(MostCombinations).Sample(holds, iter: 30);

    private static Gen<(SearchSpace, long)> Spaces(int most) =>
        Gen.Select(AnySpace.Finite.Where(space => space.All().Take(most + 1).Count() <= most), Gen.Long);

    /// <summary>
    /// Configurations end out of order as soon as more than <paramref name="parallel"/> are under way, with losses that are a function of the
    /// configuration; one in seven fails, one in three is stopped early, and one in eight pauses and is not heard of again.
    /// </summary>
    protected sealed class History(SearchSpace space, int parallel, long seed) : ISamplerHistory
    {
        private readonly HashSet<string> _hashes = [];
        private readonly List<(Hyperparameters Hyperparameters, string Hash)> _pending = [];

        public int ConfigurationCount => _hashes.Count;

        public ObservationLog Observations { get; private set; } = ObservationLog.Empty;

        public IEnumerable<Hyperparameters> Pending => _pending.Select(pending => pending.Hyperparameters);

        public bool WasTried(string configurationHash) => _hashes.Contains(configurationHash);

        public void Add(Hyperparameters hyperparameters)
        {
            var hash = Hash(space, hyperparameters);
            if (_hashes.Add(hash)) _pending.Add((hyperparameters, hash));
            while (_pending.Count >= parallel) End(new CounterRandom(seed, _hashes.Count).NextInt(_pending.Count));
        }

        private void End(int index)
        {
            var (hyperparameters, hash) = _pending[index];
            _pending.RemoveAt(index);
            var random = new CounterRandom(Convert.ToInt64(hash[..15], 16));
            if (random.NextInt(8) == 0) return;
            var loss = random.NextDouble();
            ValueArray<double> losses = random.NextInt(7) == 0 ? [] : random.NextInt(3) == 0 ? [loss + 1] : [loss + 1, loss];
            Observations = Observations.Add(new Observation(hyperparameters, hash, losses, IsPartial: losses.Count == 1));
        }
    }
}
