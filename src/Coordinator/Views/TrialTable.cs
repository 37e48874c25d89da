using Sweep.Coordinator.Reports;
using Sweep.Coordinator.SweepFiles;
using Sweep.Coordinator.Trials;
using Sweep.Shared;

namespace Sweep.Coordinator.Views;

/// <summary>
/// The trials as rows, in any order that was asked for once. Rows are made anew only of trials that something has happened to, and orders are
/// kept sorted: a page costs what is on it and what has changed since the last one.
/// </summary>
public sealed class TrialTable
{
    private readonly List<LeaderboardRow> _rows = [];
    private readonly HashSet<int> _touched;
    private readonly Dictionary<string, TrialOrder> _orders = [];

    internal TrialTable(SweepState initial) => _touched = [.. Enumerable.Range(1, initial.TrialCount)];

    /// <summary>Something has happened to the trial.</summary>
    internal void Touch(int trial) => _touched.Add(trial);

    /// <summary>Something has happened to all trials that have not ended.</summary>
    internal void TouchOpen(SweepState state)
    {
        foreach (var trial in state.Running.Values.Select(attempt => attempt.Trial).Concat(state.Waiting).Concat(state.Paused)) _touched.Add(trial.Number);
    }

    /// <summary>The row of one trial, with its rank.</summary>
    public LeaderboardRow Row(SweepState state, TrialId trial)
    {
        Refresh(state);
        return Ranked(state, _rows[trial.Number - 1]);
    }

    /// <summary>All rows in the order of their numbers, without ranks.</summary>
    public IReadOnlyList<LeaderboardRow> Rows(SweepState state)
    {
        Refresh(state);
        return _rows;
    }

    /// <summary>All rows in an order, without ranks.</summary>
    public IEnumerable<LeaderboardRow> Sorted(SweepState state, TrialColumn column, bool descending)
    {
        Refresh(state);
        var order = OrderBy(state, column);
        return order.Slice(descending, 0, order.Count);
    }

    /// <summary>The row that ranks first; null while none does.</summary>
    public LeaderboardRow? Best(SweepState state) => Top(state, 1) is [var best] ? best : null;

    /// <summary>The rows that rank first, with their ranks.</summary>
    public IReadOnlyList<LeaderboardRow> Top(SweepState state, int count) =>
        [.. Page(state, new TrialQuery(0, count, TrialColumn.Rank, false, [])).Rows.Where(row => row.IsRankable)];

    /// <summary>The rows that lead, without their ranks: like <see cref="Top"/>, before the first trial has ended too.</summary>
    public IReadOnlyList<LeaderboardRow> Leaders(SweepState state, int count) =>
        [.. Sorted(state, TrialColumn.Lead, descending: false).Take(count).Where(row => row.Leads)];

    /// <summary>A page of the rows that the query's filters let pass, and how many those are.</summary>
    public (IReadOnlyList<LeaderboardRow> Rows, int Matching) Page(SweepState state, TrialQuery query)
    {
        Refresh(state);
        var order = OrderBy(state, query.Column);
        var (rows, matching) = query.Filters.Count == 0
            ? (order.Slice(query.Descending, query.Offset, query.Limit), order.Count)
            : Filtered(order, query);
        return ([.. rows.Select(row => Ranked(state, row))], matching);
    }

    private static (IReadOnlyList<LeaderboardRow>, int) Filtered(TrialOrder order, TrialQuery query)
    {
        var (page, matching) = (new List<LeaderboardRow>(), 0);
        foreach (var row in order.Slice(query.Descending, 0, order.Count))
        {
            if (!query.Filters.All(filter => filter.Passes(row))) continue;
            if (matching++ >= query.Offset && page.Count < query.Limit) page.Add(row);
        }
        return (page, matching);
    }

    /// <summary>Rows that were ranked as a whole have their ranks already.</summary>
    private LeaderboardRow Ranked(SweepState state, LeaderboardRow row) =>
        row.Rank is null && row.IsRankable && !IsRankedAsAWhole(state) ? row with { Rank = OrderBy(state, TrialColumn.Rank).PlaceOf(row) + 1 } : row;

    private TrialOrder OrderBy(SweepState state, TrialColumn column)
    {
        if (_orders.TryGetValue(column.Name, out var order)) return order;
        order = column == TrialColumn.Rank ? new TrialOrder(row => row.IsRankable, RankOrderOf(state))
            : column == TrialColumn.Lead ? new TrialOrder(row => row.Leads, new Leaderboard.RankOrder(state.Definition.Objective).Compare)
            : new TrialOrder(row => column.ValueOf(row).Exists, (left, right) => column.ValueOf(left).CompareTo(column.ValueOf(right)));
        order.Fill(_rows);
        return _orders[column.Name] = order;
    }

    private static Comparison<LeaderboardRow> RankOrderOf(SweepState state)
    {
        if (IsRankedAsAWhole(state)) return (left, right) => left.Rank!.Value.CompareTo(right.Rank!.Value);
        return new Leaderboard.RankOrder(state.Definition.Objective).Compare;
    }

    /// <summary>Where one trial changes what is said of others: of a configuration's replicates, of Pareto fronts, of networks that were taken over.</summary>
    private static bool IsRankedAsAWhole(SweepState state) =>
        state.Definition is var sweep && (sweep.Replicates.OfBest > 1 || sweep.FurtherObjectives.Count > 0 || sweep.Scheduler.Population is not null);

    private void Refresh(SweepState state)
    {
        if (_touched.Count == 0) return;
        if (IsRankedAsAWhole(state)) RefreshAll(state);
        else RefreshTouched(state);
        _touched.Clear();
    }

    private void RefreshTouched(SweepState state)
    {
        var refill = _touched.Count > _rows.Count / 8;
        foreach (var number in _touched.Order())
        {
            var row = LeaderboardRow.Of(state.Definition.Objective, state[new TrialId(number)], state.Ending is not null);
            var old = number <= _rows.Count ? _rows[number - 1] : null;
            if (old is null) _rows.Add(row);
            else _rows[number - 1] = row;
            if (refill) continue;
            foreach (var order in _orders.Values) order.Replace(old, row);
        }
        if (!refill) return;
        foreach (var order in _orders.Values) order.Fill(_rows);
    }

    /// <summary>Sweeps of this kind are small enough.</summary>
    private void RefreshAll(SweepState state)
    {
        _rows.Clear();
        _rows.AddRange(Leaderboard.Of(state).Rows.OrderBy(row => row.Trial));
        foreach (var order in _orders.Values) order.Fill(_rows);
    }
}

/// <param name="Filters">A row must pass all of them.</param>
public sealed record TrialQuery(int Offset, int Limit, TrialColumn Column, bool Descending, IReadOnlyList<TrialFilter> Filters);

/// <summary>The rows sorted by a value. Those without one come last, in either direction; equal values go by trial number.</summary>
internal sealed class TrialOrder(Func<LeaderboardRow, bool> hasValue, Comparison<LeaderboardRow> compare)
{
    private readonly List<LeaderboardRow> _with = [];
    private readonly List<LeaderboardRow> _without = [];
    private readonly Comparer<LeaderboardRow> _order = Comparer<LeaderboardRow>.Create((left, right) =>
    {
        var byValue = compare(left, right);
        return byValue != 0 ? byValue : left.Trial.CompareTo(right.Trial);
    });

    private static readonly Comparer<LeaderboardRow> ByNumber = Comparer<LeaderboardRow>.Create((left, right) => left.Trial.CompareTo(right.Trial));

    public int Count => _with.Count + _without.Count;

    public void Fill(IEnumerable<LeaderboardRow> rows)
    {
        _with.Clear();
        _without.Clear();
        foreach (var row in rows) (hasValue(row) ? _with : _without).Add(row);
        _with.Sort(_order);
        _without.Sort(ByNumber);
    }

    /// <param name="old">Null for a row that is new.</param>
    public void Replace(LeaderboardRow? old, LeaderboardRow row)
    {
        if (old is not null)
        {
            var (from, place) = Find(old);
            if (place >= 0) from.RemoveAt(place);
        }
        var (to, at) = Find(row);
        to.Insert(at < 0 ? ~at : at, row);
    }

    /// <summary>From 0, of a row that has a value.</summary>
    public int PlaceOf(LeaderboardRow row) => Find(row).Place;

    public IEnumerable<LeaderboardRow> Slice(bool descending, int offset, int limit)
    {
        for (var index = offset; index < Math.Min(Count, (long)offset + limit); index++)
            yield return index >= _with.Count ? _without[index - _with.Count] : _with[descending ? _with.Count - 1 - index : index];
    }

    private (List<LeaderboardRow> Rows, int Place) Find(LeaderboardRow row) =>
        hasValue(row) ? (_with, _with.BinarySearch(row, _order)) : (_without, _without.BinarySearch(row, ByNumber));
}
