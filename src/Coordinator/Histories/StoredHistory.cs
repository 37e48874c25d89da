using System.Collections.Immutable;
using System.Data.Common;
using System.Runtime.Serialization;
using Sweep.Coordinator.Actors;
using Sweep.Coordinator.SweepFiles;
using Sweep.Coordinator.Trials;
using Sweep.Shared;

namespace Sweep.Coordinator.Histories;

/// <summary>The history cannot be used; the message says why and what to do.</summary>
public sealed class HistoryException(string message, Exception? cause = null) : Exception(message, cause);

/// <summary>The events of one sweep as they are stored, read by SQL and without an actor system. The first has number 1.</summary>
public sealed class StoredHistory(HistoryStore store, SweepId sweep)
{
    public SweepId Sweep => sweep;

    /// <inheritdoc cref="HistoryStore.JournalPlugin"/>
    public string JournalPlugin => store.JournalPlugin;

    /// <summary>The sweep in the store; null where nothing was stored yet.</summary>
    /// <param name="sweep">Null where the store holds one sweep, and it is that.</param>
    /// <exception cref="HistoryException">The store cannot be read, or holds several sweeps.</exception>
    public static StoredHistory? Find(HistoryStore store, SweepId? sweep) => Guarded(store, () =>
    {
        if (!store.Exists) return null;
        using var connection = store.Open();
        if (!HasJournal(store, connection)) return null;
        if (sweep is { } known) return new StoredHistory(store, known) is var history && history.Event(1) is not null ? history : null;
        var ids = IdsIn(connection);
        return ids switch
        {
            [] => null,
            [var only] => new StoredHistory(store, SweepActor.SweepOf(only)),
            _ => throw new HistoryException($"{store.Name}: more than one sweep is in it ({string.Join(", ", ids)})"),
        };
    });

    /// <summary>The events that come after so many, in order. They are read as they are asked for, by a connection of their own.</summary>
    /// <exception cref="HistoryException">The store cannot be read, or holds what this program does not understand.</exception>
    public IEnumerable<ISweepEvent> EventsAfter(long number)
    {
        using var events = Read(number, long.MaxValue).GetEnumerator();
        while (Guarded(store, events.MoveNext)) yield return events.Current;
    }

    /// <summary>The event with this number; null where there is none.</summary>
    /// <exception cref="HistoryException">As above.</exception>
    public ISweepEvent? Event(long number) => Guarded(store, () => Read(number - 1, 1).FirstOrDefault());

    /// <summary>The state after all events.</summary>
    /// <param name="began">The definition that the sweep began with.</param>
    /// <param name="snapshotFile">See <see cref="SnapshotFile"/>; null for none.</param>
    /// <exception cref="HistoryException">As above.</exception>
    public SweepMemory Recall(SweepDefinition began, string? snapshotFile)
    {
        var memory = Snapshot(began, snapshotFile);
        foreach (var sweepEvent in EventsAfter(memory.Count).WhileTakenIn()) memory.Add(sweepEvent);
        return memory;
    }

    /// <summary>The state after as many events as the snapshot has; before the first where there is none of use.</summary>
    public SweepMemory Snapshot(SweepDefinition began, string? snapshotFile) =>
        snapshotFile is not null && SnapshotFile.Read(snapshotFile, began) is var (state, events) && IsOfThis(state, events)
            ? new SweepMemory(state, events)
            : new SweepMemory(new SweepState(began), 0);

    /// <summary>A store that was restored from a copy may have gone on otherwise.</summary>
    private bool IsOfThis(SweepState snapshot, long events) =>
        snapshot.Sweep == sweep && Event(events)?.At == snapshot.Newest;

    private IEnumerable<ISweepEvent> Read(long number, long most)
    {
        using var connection = store.Open();
        using var command = connection.CreateCommand();
        command.CommandText =
            """
            SELECT sequence_number, manifest, message FROM journal WHERE persistence_id = @id AND sequence_number > @number
            ORDER BY sequence_number LIMIT @most
            """;
        Add("@id", SweepActor.PersistenceIdOf(sweep));
        Add("@number", number);
        Add("@most", most);
        using var rows = command.ExecuteReader();
        while (rows.Read())
        {
            if (rows.GetInt64(0) != ++number)
                throw new SerializationException($"event {number} is missing: the history is damaged; restore it from a copy");
            yield return SweepEventSerializer.Read((byte[])rows.GetValue(2), rows.GetString(1));
        }

        void Add(string name, object value)
        {
            var parameter = command.CreateParameter();
            (parameter.ParameterName, parameter.Value) = (name, value);
            command.Parameters.Add(parameter);
        }
    }

    private static T Guarded<T>(HistoryStore store, Func<T> read)
    {
        try
        {
            return read();
        }
        catch (DbException exception)
        {
            throw new HistoryException($"{store.Name}: the history cannot be read: {exception.Message}", exception);
        }
        catch (SerializationException exception)
        {
            throw new HistoryException($"{store.Name}: {exception.Message}", exception);
        }
    }

    /// <summary>Killed before its first event, a coordinator leaves a database without tables.</summary>
    private static bool HasJournal(HistoryStore store, DbConnection connection)
    {
        using var command = connection.CreateCommand();
        command.CommandText = store.JournalCount;
        return Convert.ToInt64(command.ExecuteScalar()) > 0;
    }

    private static ImmutableArray<string> IdsIn(DbConnection connection)
    {
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT DISTINCT persistence_id FROM journal";
        using var rows = command.ExecuteReader();
        var ids = ImmutableArray.CreateBuilder<string>();
        while (rows.Read()) ids.Add(rows.GetString(0));
        return ids.ToImmutable();
    }
}
