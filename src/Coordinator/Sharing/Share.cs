using Sweep.Shared;

namespace Sweep.Coordinator.Sharing;

/// <summary>What one of several sweeps holds, and has had, of the workers that they share.</summary>
/// <param name="Weight">At least 1.</param>
/// <param name="Priority">Higher goes first.</param>
/// <param name="Slots">Workers that train for it, or are being offered to it.</param>
/// <param name="SlotSeconds">
/// That it has held workers, all together. Where it could not use its share, this is raised to what would have been its due: nobody saves up.
/// </param>
/// <param name="PassedOver">Workers that went to sweeps of higher priority since it was last asked.</param>
public sealed record Share(SweepId Sweep, int Weight, int Priority, int Slots = 0, double SlotSeconds = 0, int PassedOver = 0);
