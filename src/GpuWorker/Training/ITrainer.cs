using Serilog;
using Sweep.Shared;
using Sweep.Shared.Protocol;

namespace Sweep.GpuWorker.Training;

/// <summary>
/// Trains trials of one kind: the one extension point of a worker. The built-in networks, programs that a sweep file names, and models of one's
/// own are implementations of it. <c>docs/other-trainers.md</c> has an example.
/// </summary>
public interface ITrainer
{
    /// <summary>What sweep files call it, under <c>trainer.name</c>.</summary>
    string Name { get; }

    /// <summary>
    /// Trains a trial until its budget is spent, and tells of each epoch by <see cref="Attempt.Report"/>. Called on a thread that is the attempt's
    /// own, and for one attempt at a time.
    /// </summary>
    /// <returns>How it ended. What is thrown instead is a failure, with the exception's message as its detail.</returns>
    /// <exception cref="OperationCanceledException"><see cref="Attempt.Stopping"/> was cancelled: look at it once a batch, or oftener than once a second.</exception>
    AttemptEnd Train(Attempt attempt);
}

/// <param name="Detail">What went wrong, for people; null where nothing did.</param>
public readonly record struct AttemptEnd(AttemptEnding Ending, string? Detail = null)
{
    public static AttemptEnd Completed { get; } = new(AttemptEnding.Completed);
}

/// <summary>What a trainer is to do, and whom it tells.</summary>
public sealed class Attempt
{
    private static readonly TimeSpan ProgressInterval = TimeSpan.FromSeconds(1);

    private readonly IAttemptObserver _observer;
    private readonly StallWatch _watch;
    private readonly List<EpochReport> _reports = [];
    private OwnCheckpoints? _checkpoints;
    private long _lastProgress = Environment.TickCount64;

    internal Attempt(StartAttempt command, IAttemptObserver observer, StallWatch watch, ILogger log, Func<AttemptEnding> stopReason, CancellationToken stopping)
    {
        (Command, _observer, _watch, Log, StopReason, Stopping) = (command, observer, watch, log, stopReason, stopping);
        Folder = new AttemptFolder(command.Storage, command.Attempt);
    }

    public StartAttempt Command { get; }

    public AttemptId Id => Command.Attempt;

    /// <summary>The trial's seed: equal seeds and parameters are to train alike.</summary>
    public long Seed => Command.Seed;

    /// <summary>The trial's budget.</summary>
    public int Epochs => Command.Configuration.Budget;

    /// <summary>What the sweep file leaves to the trainer; none for the built-in one.</summary>
    public Hyperparameters Parameters => (Command.Configuration as CustomConfiguration)?.Parameters ?? Hyperparameters.None;

    /// <summary>Where the attempt keeps its files, and finds those of the trial's earlier attempts.</summary>
    public AttemptFolder Folder { get; }

    public ILogger Log { get; }

    /// <summary>Cancelled when the attempt is to end before its budget is spent.</summary>
    public CancellationToken Stopping { get; }

    /// <summary>Once it is stopping, why: <see cref="AttemptEnding.Released"/> where another worker is to go on, else <see cref="AttemptEnding.Stopped"/>.</summary>
    public Func<AttemptEnding> StopReason { get; }

    /// <summary>
    /// An epoch is done. They come in rising order, from 1, or from behind the checkpoint that was resumed from. What earlier attempts have reported
    /// already is not told twice.
    /// </summary>
    public void Report(EpochReport report)
    {
        if (report.Epoch > Command.RecordedEpochs) _observer.EpochFinished(report);
    }

    /// <summary>
    /// Goes on from what an earlier attempt of the trial has kept, and tells of its epochs again as far as need be. To be called first, by trainers that
    /// keep checkpoints.
    /// </summary>
    /// <param name="read">Is given what <see cref="Report(EpochReport, Action{Stream})"/> had written; not called where nothing was.</param>
    /// <returns>The epochs that are behind it; 0 to begin.</returns>
    public int Resume(Action<Stream> read)
    {
        if (Directory.Exists(Folder.Storage)) Directory.CreateDirectory(Folder.Checkpoints);
        _checkpoints = new OwnCheckpoints(Command, Path.GetFullPath(Folder.Checkpoints), Log);
        if (_checkpoints.FindNewest() is not var (checkpoint, path)) return 0;
        using (var file = File.OpenRead(path)) read(file);
        _reports.AddRange(checkpoint.Reports);
        foreach (var report in _reports) Report(report);
        return _reports.Count;
    }

    /// <summary>An epoch is done, and this is what a later attempt goes on from. It is kept before anybody hears of the epoch.</summary>
    /// <param name="write">Everything that <see cref="Resume"/> needs.</param>
    public void Report(EpochReport report, Action<Stream> write)
    {
        _reports.Add(report);
        var name = $"epoch-{report.Epoch}";
        if (_checkpoints is not null && Directory.Exists(Folder.Checkpoints))
        {
            AtomicFile.Write(Path.Combine(Folder.Checkpoints, name), write);
            _checkpoints.Keep(name, _reports);
        }
        Report(report);
    }

    /// <summary>
    /// The attempt gets on. Call it often: a trainer that has begun to call it, and then is silent for twenty times as long as ever before, counts as hung.
    /// </summary>
    /// <param name="epoch">The epoch under way, from 1.</param>
    /// <param name="share">Of it, done; in (0, 1].</param>
    public void Progress(int epoch, double share)
    {
        _watch.Beat();
        Show(epoch, share);
    }

    /// <summary>Feeds the display, at most once a second.</summary>
    internal void Show(int epoch, double share)
    {
        var now = Environment.TickCount64;
        if (now - _lastProgress < ProgressInterval.TotalMilliseconds) return;
        _lastProgress = now;
        _observer.Progressed(epoch, share);
    }
}
