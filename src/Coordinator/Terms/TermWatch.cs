namespace Sweep.Coordinator.Terms;

/// <summary>The row of a sweep that says who is at work on it.</summary>
/// <param name="Term">Counts takeovers, from 1.</param>
/// <param name="Beat">Counts how often the holder has renewed this term.</param>
/// <param name="Holder">For people; null where the term has ended in order.</param>
public sealed record TermRow(long Term, long Beat, string? Holder);

/// <summary>What a coordinator that is not at work may do.</summary>
public enum TermVerdict
{
    /// <summary>Not enough was seen yet.</summary>
    Wait,

    /// <summary>The holder has renewed its term while we looked.</summary>
    AtWork,

    /// <summary>Nobody holds the term, or its holder has been silent for too long.</summary>
    MayTake,
}

/// <summary>
/// Decides whether the term of another coordinator is over. Pure: times are monotonic readings given by the caller, and no clock of
/// another machine is ever compared with ours. What counts is how long <em>we</em> have seen the same beat.
/// </summary>
public sealed class TermWatch
{
    /// <summary>A holder renews its term so often …</summary>
    public static readonly TimeSpan RenewalInterval = TimeSpan.FromSeconds(1);

    /// <summary>… holds it for so long after it last asked for a renewal that was granted …</summary>
    public static readonly TimeSpan Validity = TimeSpan.FromSeconds(4);

    /// <summary>… and may be followed by another one after so much silence. The difference is for clocks that run at different rates.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private TermRow? _seen;
    private TimeSpan _since;

    /// <param name="row">As it is now; null where there is none.</param>
    /// <param name="now">Read before the row was asked for would be too early: read it afterwards.</param>
    public TermVerdict Look(TermRow? row, TimeSpan now)
    {
        if (row?.Holder is null) return TermVerdict.MayTake;
        if (row == _seen) return now - _since >= Patience ? TermVerdict.MayTake : TermVerdict.Wait;
        var hasRenewed = _seen?.Term == row.Term;
        (_seen, _since) = (row, now);
        return hasRenewed ? TermVerdict.AtWork : TermVerdict.Wait;
    }

    /// <summary>The row could not be read: its holder could not renew it either, and gets all of our patience again.</summary>
    public void Forget() => _seen = null;
}
