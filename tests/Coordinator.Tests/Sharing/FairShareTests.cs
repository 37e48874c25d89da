using CsCheck;
using Sweep.Coordinator.Sharing;
using Sweep.Shared;

namespace Sweep.Coordinator.Tests.Sharing;

public sealed class FairShareTests
{
    private static readonly SweepId A = new("a"), B = new("b"), C = new("c");

    private static readonly Gen<Share[]> Shares = Gen.Select(
        Gen.Int[1, 1_000], Gen.Int[-3, 3], Gen.Int[0, 50], Gen.Double[0, 1e6], Gen.Int[0, 40]).Array[1, 8]
        .Select(rows => rows.Select((row, number) => new Share(new SweepId($"s{number}"), row.Item1, row.Item2, row.Item3, row.Item4, row.Item5)).ToArray());

    [Fact]
    public void Whoever_holds_less_for_its_weight_goes_first() =>
        Assert.Equal([B, A], FairShare.Turn([new Share(A, 1, 0, Slots: 1), new Share(B, 3, 0, Slots: 2)], meanHold: 60));

    [Fact]
    public void Whoever_has_had_less_for_its_weight_goes_first_where_both_hold_alike() =>
        Assert.Equal([B, A], FairShare.Turn([new Share(A, 1, 0, 1, SlotSeconds: 101), new Share(B, 1, 0, 1, SlotSeconds: 100)], meanHold: 60));

    [Fact]
    public void A_sweep_of_higher_priority_goes_first_whatever_it_holds() =>
        Assert.Equal([B, A, C], FairShare.Turn([new Share(A, 1000, 0), new Share(B, 1, 1, Slots: 100, SlotSeconds: 1e9), new Share(C, 1000, -1)], meanHold: 60));

    [Fact]
    public void A_sweep_that_was_passed_over_long_enough_and_holds_nothing_goes_first_once()
    {
        var passed = new Share(A, 1, -1, PassedOver: FairShare.Patience);
        var other = new Share(B, 1, 1);
        Assert.Equal([A, B], FairShare.Turn([passed, other], 60));
        Assert.Equal([B, A], FairShare.Turn([passed with { PassedOver = FairShare.Patience - 1 }, other], 60));
        Assert.Equal([B, A], FairShare.Turn([passed with { Slots = 1 }, other], 60));
    }

    [Fact]
    public void Everybody_has_a_turn_and_it_is_the_same_whatever_the_order_in_which_they_are_given() => Shares.Sample(shares =>
    {
        var turn = FairShare.Turn(shares, 60);
        Assert.Equal(shares.Select(share => share.Sweep).Order(ById), turn.Order(ById));
        var levels = shares.Select(share => (share.Priority, FairShare.LevelOf(share, 60), share.PassedOver)).Distinct().Count();
        if (levels == shares.Length) Assert.Equal(turn, FairShare.Turn(shares.Reverse(), 60));
    });

    [Fact]
    public void Nobody_comes_before_a_sweep_of_its_priority_that_is_at_a_lower_level_unless_it_starves() => Shares.Sample(shares =>
    {
        var byId = shares.ToDictionary(share => share.Sweep);
        foreach (var (first, second) in FairShare.Turn(shares, 60).Zip(FairShare.Turn(shares, 60).Skip(1), (first, second) => (byId[first], byId[second])))
        {
            if (first.Slots == 0 && first.PassedOver >= FairShare.Patience) continue;
            Assert.True(first.Priority >= second.Priority);
            if (first.Priority == second.Priority) Assert.True(FairShare.LevelOf(first, 60) <= FairShare.LevelOf(second, 60));
        }
    });

    private static readonly Comparer<SweepId> ById = Comparer<SweepId>.Create((left, right) => string.CompareOrdinal(left.Value, right.Value));
}
