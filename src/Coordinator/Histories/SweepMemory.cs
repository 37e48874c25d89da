using Sweep.Coordinator.Trials;

namespace Sweep.Coordinator.Histories;

/// <summary>
/// The sweep as this process knows it: its state after the first <see cref="Count"/> stored events. It outlives the actor, which ends when its
/// store fails, so that the next one reads only what it has not heard of.
/// </summary>
public sealed class SweepMemory(SweepState state, long count)
{
    public SweepState State { get; private set; } = state;

    public long Count { get; private set; } = count;

    public void Add(ISweepEvent sweepEvent) => Add(new SweepStep(sweepEvent, State.Apply(sweepEvent)));

    /// <param name="step">From <see cref="State"/> on.</param>
    public void Add(SweepStep step)
    {
        State = step.After;
        Count++;
    }
}
