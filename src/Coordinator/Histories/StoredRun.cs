using Sweep.Coordinator.SweepFiles;
using Sweep.Coordinator.Trials;
using Sweep.Coordinator.Views;

namespace Sweep.Coordinator.Histories;

/// <summary>A run as its folder and its history tell it, whether or not a coordinator is at work on it.</summary>
/// <param name="State">After the events that there were.</param>
/// <param name="Count">How many those were.</param>
/// <param name="Events">All, from the first; read from the store whenever they are asked for.</param>
public sealed record StoredRun(RunFolder Folder, SweepState State, long Count, IEnumerable<ISweepEvent> Events)
{
    private const int EventsAtOnce = 1_000;

    /// <param name="address">How to reach the store of a run that has its history in PostgreSQL; null for what its folder says.</param>
    /// <exception cref="IOException">There is no such run, or nothing was stored of it; the message says what to do.</exception>
    /// <exception cref="HistoryException">The store cannot be read.</exception>
    public static StoredRun Read(string path, StoreAddress? address = null)
    {
        var (folder, history, began) = Find(path, address);
        var memory = history.Recall(began, folder.Snapshot);
        return new StoredRun(folder, memory.State, memory.Count, history.EventsAfter(0));
    }

    /// <summary>The run to be looked at. In one pass over its history, which what only events tell takes too.</summary>
    /// <inheritdoc cref="Read"/>
    public static SweepView Look(string path, StoreAddress? address = null)
    {
        var (folder, history, began) = Find(path, address);
        var memory = history.Snapshot(began, folder.Snapshot);
        var view = new SweepView(history.Sweep, memory.State, memory.Count, history.EventsAfter(0), folder, null, _ => null, TimeProvider.System);
        foreach (var piece in history.EventsAfter(memory.Count).WhileTakenIn().Chunk(EventsAtOnce))
            view.Happened([.. piece.Select(sweepEvent =>
            {
                memory.Add(sweepEvent);
                return (memory.Count, memory.State, sweepEvent);
            })]);
        return view;
    }

    private static (RunFolder Folder, StoredHistory History, SweepDefinition Began) Find(string path, StoreAddress? address)
    {
        var folder = RunFolder.Open(path);
        var note = StoreNote.Read(folder.Store);
        HistoryStore store = note is null ? new SqliteStore(folder.History) : new PostgresStore(address ?? note.Address);
        if (StoredHistory.Find(store, note?.Sweep) is not { } history) throw new IOException($"{path}: nothing was stored of this run yet");
        return (folder, history, Began(folder, history));
    }

    /// <summary>Histories of version 0.1 do not hold the sweep file.</summary>
    private static SweepDefinition Began(RunFolder folder, StoredHistory history)
    {
        var file = history.Event(1) is SweepStarted { SweepFile: { } text } ? SweepFileReader.ReadText(text, folder.SweepFile) : SweepFileReader.Read(folder.SweepFile);
        return file is SweepFileResult.Valid valid ? valid.Definition : throw new IOException($"{folder.SweepFile}: the run's sweep file cannot be read by this version:\n{file}");
    }
}
