using System.Collections.Immutable;
using Sweep.Shared;

namespace Sweep.Coordinator.Sharing;

/// <summary>The accounts of sweeps that share workers. Pure: times are monotonic readings given by the caller, each not before the last.</summary>
/// <remarks>Accounts begin anew with every coordinator: what was held under the one before is past.</remarks>
public sealed class SlotLedger
{
    private readonly Dictionary<SweepId, Account> _accounts = [];
    private TimeSpan _now;
    private double _heldSeconds;
    private int _taken;

    public void Open(SweepId sweep, int weight, int priority) => _accounts.Add(sweep, new Account(new Share(sweep, weight, priority), 0));

    /// <summary>The sweep takes no part any more.</summary>
    public void Close(SweepId sweep) => _accounts.Remove(sweep);

    /// <summary>So many workers train for the sweep from now on.</summary>
    public void Holds(SweepId sweep, int workers, TimeSpan now)
    {
        PassTo(now);
        if (!_accounts.TryGetValue(sweep, out var account)) return;
        _accounts[sweep] = account with { Held = workers, Share = account.Share with { Slots = account.Share.Slots + workers - account.Held } };
    }

    /// <summary>Whom to offer a free worker to, in this order.</summary>
    public ImmutableArray<SweepId> Turn(TimeSpan now)
    {
        PassTo(now);
        return FairShare.Turn(_accounts.Values.Select(account => account.Share), MeanHold);
    }

    /// <summary>A worker is being offered to the sweep, which counts as if it were held: several are offered at the same time.</summary>
    public void Offered(SweepId sweep) => Change(sweep, share => share with { Slots = share.Slots + 1 });

    /// <summary>The sweep has answered, whatever it was. A worker that it takes counts from <see cref="Holds"/> on.</summary>
    public void Answered(SweepId sweep) => Change(sweep, share => share with { Slots = share.Slots - 1 });

    /// <summary>A free worker has gone round.</summary>
    /// <param name="declined">Had nothing for it.</param>
    /// <param name="taker">Null where all declined.</param>
    public void Settle(IEnumerable<SweepId> declined, SweepId? taker)
    {
        var asked = declined.ToList();
        foreach (var sweep in asked) Change(sweep, share => Forfeit(share, taker) with { PassedOver = 0 });
        if (taker is not { } winner || !_accounts.TryGetValue(winner, out var account)) return;
        _taken++;
        Change(winner, share => share with { PassedOver = 0 });
        foreach (var other in _accounts.Keys.Except(asked).ToList())
            Change(other, share => share.Priority < account.Share.Priority ? share with { PassedOver = share.PassedOver + 1 } : share);
    }

    private double MeanHold => _taken == 0 ? 0 : _heldSeconds / _taken;

    /// <summary>Whoever has all that it can use is owed nothing: it is as far as whoever took its turn, or where nobody did, as the others.</summary>
    private Share Forfeit(Share share, SweepId? taker)
    {
        var others = _accounts.Values.Select(account => account.Share).Where(other => other.Priority == share.Priority).ToList();
        var reference = others.Find(other => other.Sweep == taker) is { } winner
            ? FairShare.LevelOf(winner, MeanHold)
            : others.Max(other => FairShare.LevelOf(other, MeanHold));
        return share with { SlotSeconds = Math.Max(share.SlotSeconds, reference * share.Weight - MeanHold * share.Slots) };
    }

    private void PassTo(TimeSpan now)
    {
        var seconds = (now - _now).TotalSeconds;
        _now = now;
        foreach (var (sweep, account) in _accounts.ToList())
        {
            _heldSeconds += seconds * account.Held;
            _accounts[sweep] = account with { Share = account.Share with { SlotSeconds = account.Share.SlotSeconds + seconds * account.Held } };
        }
    }

    private void Change(SweepId sweep, Func<Share, Share> change)
    {
        if (_accounts.TryGetValue(sweep, out var account)) _accounts[sweep] = account with { Share = change(account.Share) };
    }

    /// <param name="Held">Of the share's slots, those that train.</param>
    private sealed record Account(Share Share, int Held);
}
