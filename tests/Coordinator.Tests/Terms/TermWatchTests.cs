using Sweep.Coordinator.Terms;

namespace Sweep.Coordinator.Tests.Terms;

public sealed class TermWatchTests
{
    private static readonly TimeSpan Moment = TimeSpan.FromMilliseconds(1);

    private readonly TermWatch _watch = new();

    [Fact]
    public void A_term_that_nobody_holds_may_be_taken_at_once()
    {
        Assert.Equal(TermVerdict.MayTake, _watch.Look(null, TimeSpan.Zero));
        Assert.Equal(TermVerdict.MayTake, _watch.Look(new TermRow(3, 17, null), TimeSpan.Zero));
    }

    [Fact]
    public void A_holder_that_renews_is_at_work_and_one_that_is_silent_for_long_enough_is_not()
    {
        Assert.Equal(TermVerdict.Wait, _watch.Look(new TermRow(1, 7, "a"), TimeSpan.Zero));
        Assert.Equal(TermVerdict.AtWork, _watch.Look(new TermRow(1, 8, "a"), TermWatch.Patience - Moment));
        Assert.Equal(TermVerdict.Wait, _watch.Look(new TermRow(1, 8, "a"), 2 * TermWatch.Patience - 2 * Moment));
        Assert.Equal(TermVerdict.MayTake, _watch.Look(new TermRow(1, 8, "a"), 2 * TermWatch.Patience - Moment));
    }

    [Fact]
    public void Who_took_the_term_before_us_gets_all_our_patience()
    {
        _watch.Look(new TermRow(1, 7, "a"), TimeSpan.Zero);
        Assert.Equal(TermVerdict.Wait, _watch.Look(new TermRow(2, 0, "b"), TermWatch.Patience));
        Assert.Equal(TermVerdict.Wait, _watch.Look(new TermRow(2, 0, "b"), 2 * TermWatch.Patience - Moment));
    }

    [Fact]
    public void A_silence_that_we_could_not_hear_does_not_count()
    {
        _watch.Look(new TermRow(1, 7, "a"), TimeSpan.Zero);
        _watch.Forget();
        Assert.Equal(TermVerdict.Wait, _watch.Look(new TermRow(1, 7, "a"), 2 * TermWatch.Patience));
    }

    [Fact]
    public void A_term_is_over_for_its_holder_before_anybody_else_may_take_it()
    {
        Assert.True(TermWatch.Validity < TermWatch.Patience);
        Assert.True(TermWatch.Validity > 2 * TermWatch.RenewalInterval);
    }
}
