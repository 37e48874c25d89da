using System.Collections.Immutable;
using Sweep.Shared;

namespace Sweep.Coordinator.Schedulers;

/// <summary>Trials by score, best first; of equal ones the older first. A balanced tree that counts: all in O(log n).</summary>
internal readonly record struct Ranking(ImmutableSortedSet<Ranking.Place> Places)
{
    public static readonly Ranking Empty = new([]);

    public int Count => Places.Count;

    public Place? First => Places.IsEmpty ? null : Places[0];

    /// <param name="rank">From 0, the best.</param>
    public TrialId this[int rank] => Places[rank].Trial;

    /// <summary>The score in the middle; of two the better one. The ranking must not be empty.</summary>
    public double Median => Places[(Count - 1) / 2].Score;

    public Ranking With(TrialId trial, double score) => new(Places.Add(new Place(trial, score)));

    public Ranking Without(TrialId trial, double score) => new(Places.Remove(new Place(trial, score)));

    /// <summary>How many are better; the trial must be in the ranking.</summary>
    public int Above(TrialId trial, double score) => Places.IndexOf(new Place(trial, score));

    public readonly record struct Place(TrialId Trial, double Score) : IComparable<Place>
    {
        public int CompareTo(Place other) => other.Score.CompareTo(Score) is not 0 and var byScore ? byScore : Trial.CompareTo(other.Trial);
    }
}
