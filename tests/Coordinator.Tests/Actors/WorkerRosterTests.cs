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
    public void Workers_are_found_by_where_they_are()
    {
        _roster.Heard(First, "a", TimeSpan.Zero);
        _roster.Heard(Second, "b", TimeSpan.Zero);
        Assert.Equal([Second], _roster.At(address => address == "b"));
    }
}
