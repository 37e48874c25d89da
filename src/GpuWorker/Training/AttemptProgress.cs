using Serilog;
using Sweep.Shared;
using Sweep.Shared.Protocol;

namespace Sweep.GpuWorker.Training;

/// <summary>What an attempt has behind it: the finished epochs, those of the attempt that it continues among them, and its checkpoints.</summary>
internal sealed class AttemptProgress
{
    private readonly CheckpointIdentity _identity;
    private readonly CheckpointFolder _folder;
    private readonly bool _retries;
    private readonly List<EpochReport> _reports = [];
    private CheckpointPosition _saved;

    private AttemptProgress(CheckpointIdentity identity, CheckpointFolder folder, bool retries) =>
        (_identity, _folder, _retries) = (identity, folder, retries);

    /// <summary>Of every finished epoch.</summary>
    public IReadOnlyList<EpochReport> Reports => _reports;

    /// <summary>
    /// Where a new trainer goes on: the end of the last finished epoch where the attempt may run out of memory and try again, else where
    /// the attempt began; null for the beginning.
    /// </summary>
    public TrainingState? ResumedFrom { get; private set; }

    /// <summary>Continues the earlier attempt that has come furthest, if one has left a usable checkpoint; else the origin, where there is one.</summary>
    /// <exception cref="MissingOriginException">The origin is not to be had.</exception>
    public static AttemptProgress Open(StartAttempt command, NetworkConfiguration configuration, ILogger log)
    {
        var identity = new CheckpointIdentity(configuration.CanonicalHash(), command.Seed, command.DataSeed);
        var own = new AttemptFolder(command.Storage, command.Attempt);
        var folder = new CheckpointFolder(own, identity, log, command.Origin, command.KeepEvery);
        folder.Create();
        var progress = new AttemptProgress(identity, folder, configuration.Training.AutoAccumulate);
        if (folder.FindNewest() is var (checkpoint, from))
        {
            progress.Continue(checkpoint);
            folder.CopyBestModel(from);
            log.Information(
                "Attempt {Attempt} continues attempt {From} after {Epochs} epochs and {Batches} batches",
                own.Attempt.ToString(), from.Attempt.ToString(), checkpoint.Position.Epochs, checkpoint.Position.Batches);
        }
        else if (command.Origin is { } origin)
        {
            progress.Continue(folder.ReadOrigin(origin));
            if (folder.WithBestModel() is { } before) folder.CopyBestModel(before);
            log.Information("Attempt {Attempt} continues trial {Trial} after {Epochs} epochs", own.Attempt.ToString(), origin.Trial.Number, origin.Epochs);
        }
        return progress;
    }

    public void EpochFinished(EpochReport report, Trainer trainer)
    {
        _reports.Add(report);
        Save(trainer);
    }

    /// <summary>Writes a checkpoint, unless nothing was trained since the last one.</summary>
    public void Save(Trainer trainer)
    {
        var checkpoint = new Checkpoint(_identity, [.. _reports], trainer.Capture());
        if (checkpoint.Position == _saved) return;
        // From memory, not from the file: the run folder may be out of reach.
        if (_retries) ResumedFrom = checkpoint.Training;
        _folder.Save(checkpoint);
        _saved = checkpoint.Position;
    }

    private void Continue(Checkpoint checkpoint)
    {
        _reports.AddRange(checkpoint.Reports);
        (ResumedFrom, _saved) = (checkpoint.Training, checkpoint.Position);
    }
}
