using Google.Protobuf;
using Sweep.Coordinator.Exports.TensorBoard.Wire;
using Sweep.Coordinator.Histories;
using Sweep.Coordinator.Reports;
using Sweep.Coordinator.Trials;
using Sweep.Shared;

namespace Sweep.Coordinator.Exports.TensorBoard;

/// <summary>
/// Event files for TensorBoard: a run a trial, <c>trial-0007/events.out.tfevents.…</c>, with the columns of <c>epochs.csv</c> as scalars by epoch and the
/// trial's hyperparameters; and one in the folder itself that says what is searched. Every event is on disk when <see cref="Hear"/> returns.
/// </summary>
/// <param name="suffix">Ends the files' names: TensorBoard reads all of a run's files, so that one who goes on writes beside what is there.</param>
public sealed class TensorBoardLog(string folder, string suffix)
{
    /// <summary>Of each run.</summary>
    private readonly Dictionary<string, string> _files = [];

    private static readonly string[] Metrics = [.. EpochsCsv.Columns.Select(column => column.Name).Where(name => name != "epoch")];

    /// <summary>The whole run; files of an earlier export are written anew.</summary>
    /// <returns>The folder.</returns>
    internal static IReadOnlyList<string> Export(StoredRun run, string into)
    {
        const string Suffix = "sweep";
        foreach (var earlier in Directory.EnumerateFiles(into, $"events.out.tfevents.*.{Suffix}", SearchOption.AllDirectories)) File.Delete(earlier);
        var log = new TensorBoardLog(into, Suffix);
        var state = new SweepState(run.State.Definition);
        foreach (var sweepEvent in run.Events) log.Hear(state = state.Apply(sweepEvent), sweepEvent);
        return [into];
    }

    /// <param name="state">After the event.</param>
    /// <exception cref="IOException">It cannot be written.</exception>
    public void Hear(SweepState state, ISweepEvent sweepEvent)
    {
        switch (sweepEvent)
        {
            case SweepStarted or SweepResumed:
                Add(folder, sweepEvent.At, 0, HParams.Experiment(state.Definition, Metrics, sweepEvent.At));
                break;
            case TrialCreated created:
                Add(Run(created.Trial), created.At, 0, HParams.Start(state[created.Trial], created.At));
                break;
            case EpochRecorded recorded:
                Add(Run(recorded.Attempt.Trial), recorded.At, recorded.Report.Epoch, Scalars(recorded.Report));
                break;
            case TrialFinished finished:
                Add(Run(finished.Trial), finished.At, state[finished.Trial].Reports.Count, HParams.End(finished.Outcome, finished.At));
                break;
        }
    }

    private string Run(TrialId trial) => Path.Combine(folder, $"trial-{trial.Number:0000}");

    private static Summary Scalars(EpochReport report)
    {
        var summary = new Summary();
        foreach (var column in EpochsCsv.ColumnsOf([report]))
        {
            if (column.Name == "epoch" || column.Value(report) is not { } value) continue;
            summary.Value.Add(new Summary.Types.Value { Tag = column.Name, SimpleValue = Convert.ToSingle(value) });
        }
        return summary;
    }

    /// <summary>A file is open only while it is written to, since there may be more trials than files that a process may hold.</summary>
    private void Add(string run, DateTimeOffset at, long step, Summary summary)
    {
        Directory.CreateDirectory(run);
        if (!_files.TryGetValue(run, out var path)) _files[run] = path = Path.Combine(run, $"events.out.tfevents.{at.ToUnixTimeSeconds():0000000000}.{suffix}");
        using var file = new FileStream(path, FileMode.Append, FileAccess.Write, FileShare.Read);
        if (file.Length == 0) Append(file, new Event { WallTime = HParams.Seconds(at), FileVersion = "brain.Event:2" });
        Append(file, new Event { WallTime = HParams.Seconds(at), Step = step, Summary = summary });
    }

    private static void Append(FileStream file, Event entry)
    {
        using var record = new MemoryStream();
        TfRecord.Write(record, entry.ToByteArray());
        // One write a record, so that a reader finds whole ones.
        file.Write(record.GetBuffer().AsSpan(0, (int)record.Length));
    }
}
