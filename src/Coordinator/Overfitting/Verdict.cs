namespace Sweep.Coordinator.Overfitting;

public enum VerdictKind
{
    /// <summary>No epoch was reported, or none with the figures to judge by.</summary>
    Undetermined,
    Healthy,
    Overfitting,
    Underfitting,
    Diverged,
}

/// <summary>What a trial's curves say of how it generalises.</summary>
/// <param name="OnsetEpoch">Of overfitting, its first epoch; otherwise null.</param>
public sealed record Verdict(VerdictKind Kind, int? OnsetEpoch, Evidence Evidence);

public enum OverfitAction { Flag, Stop }

/// <param name="MinGap">Training accuracy above held-out accuracy, a fraction; at least 0.</param>
/// <param name="Patience">Epochs without improvement on held-out images; at least 1.</param>
/// <param name="MinDelta">What counts as improvement or rise, a fraction; at least 0.</param>
public sealed record OverfitSettings(double MinGap = 0.10, int Patience = 5, double MinDelta = 0.002, OverfitAction Action = OverfitAction.Stop);
