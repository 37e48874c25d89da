using System.Data.Common;
using Akka.Actor;
using Sweep.Coordinator.Histories;
using Sweep.Coordinator.Trials;

namespace Sweep.Bench.Reports;

/// <summary>Puts events into a journal's table without an actor, which takes a tenth of the time.</summary>
internal static class JournalFiller
{
    public static void Fill(HistoryStore store, ActorSystem system, string persistenceId, IEnumerable<ISweepEvent> events)
    {
        var serializer = new SweepEventSerializer((ExtendedActorSystem)system);
        using var connection = store.Open();
        using var transaction = connection.BeginTransaction();
        using var command = connection.CreateCommand();
        command.Transaction = transaction;
        command.CommandText = """
            INSERT INTO journal (created, deleted, persistence_id, sequence_number, message, tags, manifest, identifier, writer_uuid)
            VALUES (@created, @deleted, @id, @number, @message, '', @manifest, @identifier, 'bench')
            """;
        var (number, message, manifest) = (Add("@number", 0L), Add("@message", Array.Empty<byte>()), Add("@manifest", ""));
        Add("@created", BenchSweep.Start.UtcTicks);
        Add("@deleted", false);
        Add("@id", persistenceId);
        Add("@identifier", serializer.Identifier);
        var count = 0L;
        foreach (var sweepEvent in events)
        {
            (number.Value, message.Value, manifest.Value) = (++count, serializer.ToBinary(sweepEvent), serializer.Manifest(sweepEvent));
            command.ExecuteNonQuery();
        }
        transaction.Commit();

        DbParameter Add(string name, object value)
        {
            var parameter = command.CreateParameter();
            (parameter.ParameterName, parameter.Value) = (name, value);
            command.Parameters.Add(parameter);
            return parameter;
        }
    }
}
