using Sweep.Shared;

namespace Sweep.GpuWorker.Training;

/// <summary>A trial between two batches: what another attempt needs to train on as if nothing had happened.</summary>
/// <remarks>
/// No state of a random generator is in it, nor one of the learning rate's schedule: seed, epoch and position address every draw and
/// every rate. Nor is the best epoch: it follows from the reports.
/// </remarks>
/// <param name="Reports">Of every finished epoch, so that one whose report was lost with its worker can still be told.</param>
public sealed record Checkpoint(CheckpointIdentity Identity, ValueArray<EpochReport> Reports, TrainingState Training)
{
    public CheckpointPosition Position => new(Reports.Count, Training.Epoch.Batches);
}

/// <summary>Whose checkpoint it is: one of another configuration or seed belongs to another trajectory.</summary>
/// <param name="ConfigurationHash"><see cref="TrialConfiguration.CanonicalHash"/>.</param>
public sealed record CheckpointIdentity(string ConfigurationHash, long Seed, long DataSeed);

/// <summary>How far a trial has come.</summary>
/// <param name="Epochs">Finished ones.</param>
/// <param name="Batches">Of the next epoch.</param>
public readonly record struct CheckpointPosition(int Epochs, int Batches) : IComparable<CheckpointPosition>
{
    private const string Extension = ".ckpt";

    /// <summary><c>e0003-b000017.ckpt</c>: three epochs and seventeen batches of the fourth.</summary>
    public string FileName => $"e{Epochs:0000}-b{Batches:000000}{Extension}";

    /// <summary>Null where the file is not a checkpoint by its name.</summary>
    public static CheckpointPosition? Of(string fileName)
    {
        if (!fileName.EndsWith(Extension, StringComparison.Ordinal)) return null;
        return fileName[..^Extension.Length].Split('-') is [['e', .. var epochs], ['b', .. var batches]]
            && int.TryParse(epochs, out var epoch) && int.TryParse(batches, out var batch)
                ? new CheckpointPosition(epoch, batch)
                : null;
    }

    public int CompareTo(CheckpointPosition other) => (Epochs, Batches).CompareTo((other.Epochs, other.Batches));

    public static bool operator <(CheckpointPosition left, CheckpointPosition right) => left.CompareTo(right) < 0;
    public static bool operator >(CheckpointPosition left, CheckpointPosition right) => left.CompareTo(right) > 0;
    public static bool operator <=(CheckpointPosition left, CheckpointPosition right) => left.CompareTo(right) <= 0;
    public static bool operator >=(CheckpointPosition left, CheckpointPosition right) => left.CompareTo(right) >= 0;
}
