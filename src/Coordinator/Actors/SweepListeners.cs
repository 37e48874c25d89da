using Akka.Actor;
using Sweep.Coordinator.Trials;
using Sweep.Shared;

namespace Sweep.Coordinator.Actors;

/// <summary>Several that follow one sweep; each hears of everything, in the order given.</summary>
internal sealed class SweepListeners(params ISweepListener[] listeners) : ISweepListener
{
    public void Opened(IActorRef sweep) => Each(listener => listener.Opened(sweep));

    public void Happened(long number, SweepState state, ISweepEvent sweepEvent) => Each(listener => listener.Happened(number, state, sweepEvent));

    public void Progressed(AttemptId attempt, int epoch, double epochProgress) => Each(listener => listener.Progressed(attempt, epoch, epochProgress));

    public bool IsBehind => listeners.Any(listener => listener.IsBehind);

    public void WaitsForLarger((TrialId Trial, long Bytes)? trial, long largestBytes) => Each(listener => listener.WaitsForLarger(trial, largestBytes));

    public void Queued(int commands) => Each(listener => listener.Queued(commands));

    public void Stored(int events, TimeSpan took) => Each(listener => listener.Stored(events, took));

    public void Answered(TimeSpan took) => Each(listener => listener.Answered(took));

    public void StoreLost(Exception cause) => Each(listener => listener.StoreLost(cause));

    public void StoreFound() => Each(listener => listener.StoreFound());

    public void Failed(Exception cause) => Each(listener => listener.Failed(cause));

    private void Each(Action<ISweepListener> tell)
    {
        foreach (var listener in listeners) tell(listener);
    }
}
