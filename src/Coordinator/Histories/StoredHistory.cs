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

/// <summary>The events of one sweep as they are stored, read without an actor system.</summary>
/// <param name="Events">In order; the first has number 1.</param>
public sealed record StoredHistory(SweepId? Sweep, ImmutableArray<ISweepEvent> Events)
{
    public static readonly StoredHistory Empty = new(null, []);

    /// <summary>The text of the sweep file that the sweep began with; null where the history is too old to know it.</summary>
    public string? Began => Events is [SweepStarted started, ..] ? started.SweepFile : null;

    /// <summary>Every text that the sweep file has had, oldest first.</summary>
    public IEnumerable<string> SweepFiles => Events.Select(FileIn).OfType<string>();

    /// <summary>The state after all events.</summary>
    public SweepState Replay(SweepDefinition began) => Events.Aggregate(new SweepState(began), (state, sweepEvent) => state.Apply(sweepEvent));

    private static string? FileIn(ISweepEvent sweepEvent) => sweepEvent switch
    {
        SweepStarted started => started.SweepFile,
        SweepExtended extended => extended.Extension.SweepFile,
        _ => null,
    };

    /// <param name="sweep">Null where the store holds one sweep, and it is that.</param>
    /// <exception cref="HistoryException">The store cannot be read, or holds what this program does not understand.</exception>
    public static StoredHistory Read(HistoryStore store, SweepId? sweep)
    {
        if (!store.Exists) return Empty;
        try
        {
            using var connection = store.Open();
            if (!HasJournal(store, connection)) return Empty;
            if ((sweep is { } known ? SweepActor.PersistenceIdOf(known) : TheOnlyOne(store, connection)) is not { } id) return Empty;
            return Read(connection, id);
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

    private static StoredHistory Read(DbConnection connection, string id)
    {
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT sequence_number, manifest, message FROM journal WHERE persistence_id = @id ORDER BY sequence_number";
        var parameter = command.CreateParameter();
        (parameter.ParameterName, parameter.Value) = ("@id", id);
        command.Parameters.Add(parameter);
        var events = ImmutableArray.CreateBuilder<ISweepEvent>();
        using var rows = command.ExecuteReader();
        while (rows.Read())
        {
            var number = rows.GetInt64(0);
            if (number != events.Count + 1)
                throw new SerializationException($"event {events.Count + 1} is missing: the history is damaged; restore it from a copy");
            events.Add(SweepEventSerializer.Read((byte[])rows.GetValue(2), rows.GetString(1)));
        }
        return new StoredHistory(events.Count == 0 ? null : SweepActor.SweepOf(id), events.ToImmutable());
    }

    /// <summary>Killed before its first event, a coordinator leaves a database without tables.</summary>
    private static bool HasJournal(HistoryStore store, DbConnection connection)
    {
        using var command = connection.CreateCommand();
        command.CommandText = store.JournalCount;
        return Convert.ToInt64(command.ExecuteScalar()) > 0;
    }

    private static string? TheOnlyOne(HistoryStore store, DbConnection connection)
    {
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT DISTINCT persistence_id FROM journal";
        using var rows = command.ExecuteReader();
        var ids = new List<string>();
        while (rows.Read()) ids.Add(rows.GetString(0));
        return ids.Count <= 1
            ? ids.SingleOrDefault()
            : throw new HistoryException($"{store.Name}: more than one sweep is in it ({string.Join(", ", ids)})");
    }
}
