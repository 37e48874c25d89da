using Sweep.Coordinator.Actors;
using Sweep.Shared;

namespace Sweep.Coordinator.Tests.Actors;

public sealed class WorkerRosterTests
{
    private static readonly WorkerId First = new("first#1");
    private static readonly WorkerId Second = new("second#1");

    private readonly WorkerRoster<string> _roster = new(TimeSpan.FromSeconds(30));

    [Fact]
    public void A_lease_expires_after_silence_and_begins_anew_with_every_word()
    {
        _roster.Heard(First, "a", TimeSpan.Zero);
        _roster.Heard(Second, "b", TimeSpan.Zero);
        _roster.Heard(Second, "b", TimeSpan.FromSeconds(20));
        Assert.Empty(_roster.Expired(TimeSpan.FromSeconds(30)));
        Assert.Equal([First], _roster.Expired(TimeSpan.FromSeconds(31)));
    }

    [Fact]
    public void A_removed_worker_is_forgotten()
    {
        _roster.Heard(First, "a", TimeSpan.Zero);
        Assert.Equal("a", _roster.Remove(First));
        Assert.Null(_roster.Remove(First));
        Assert.Empty(_roster.Expired(TimeSpan.FromDays(1)));
    }

    [Fact]
    public void Time_in_which_nobody_could_be_heard_ends_no_lease_and_shortens_none()
    {
        _roster.Heard(First, "a", TimeSpan.Zero);
        _roster.Heard(Second, "b", TimeSpan.FromSeconds(40));
        _roster.Extend(TimeSpan.FromSeconds(60));
        Assert.Empty(_roster.Expired(TimeSpan.FromSeconds(60)));
        Assert.Equal([First], _roster.Expired(TimeSpan.FromSeconds(61)));
        Assert.Equal("a", _roster.Find(First));
    }

    [Fact]
    public void A_worker_whose_connection_breaks_loses_its_lease_in_moments_unless_it_says_a_word()
    {
        _roster.Heard(First, "a", TimeSpan.Zero);
        _roster.Heard(Second, "b", TimeSpan.Zero);
        _roster.Disconnected(_ => true, TimeSpan.FromSeconds(1));
        _roster.Heard(Second, "c", TimeSpan.FromSeconds(3));
        Assert.Empty(_roster.Expired(TimeSpan.FromSeconds(6)));
        Assert.Equal([First], _roster.Expired(TimeSpan.FromSeconds(7)));
        Assert.Equal((false, true), (_roster.IsConnected(First), _roster.IsConnected(Second)));
    }

    [Fact]
    public void A_connection_that_breaks_after_silence_shortens_no_lease_and_neither_does_anothers()
    {
        _roster.Heard(First, "a", TimeSpan.Zero);
        _roster.Heard(Second, "b", TimeSpan.FromSeconds(12));
        _roster.Disconnected(address => address == "a", TimeSpan.FromSeconds(12));
        Assert.Empty(_roster.Expired(TimeSpan.FromSeconds(30)));
        Assert.Equal([First], _roster.Expired(TimeSpan.FromSeconds(31)));
    }

    [Fact]
    public void Workers_that_were_heard_of_are_counted_and_those_that_may_come_back_are_not()
    {
        _roster.Expect(First, TimeSpan.FromSeconds(40));
        _roster.Heard(Second, "b", TimeSpan.Zero);
        _roster.Heard(Second, "b", TimeSpan.FromSeconds(1));
        Assert.Equal(1, _roster.Count);
        _roster.Heard(First, "a", TimeSpan.FromSeconds(2));
        Assert.Equal(2, _roster.Count);
        _roster.Remove(Second);
        Assert.Equal(1, _roster.Count);
    }
}
