using Akka.Actor;
using Akka.Hosting;
using Akka.Persistence.Sql;
using Microsoft.Data.Sqlite;
using Sweep.Coordinator.Trials;

namespace Sweep.Coordinator;

/// <summary>Where events are stored: one SQLite file in the run folder.</summary>
public static class History
{
    public static AkkaConfigurationBuilder WithHistory(this AkkaConfigurationBuilder akka, string file)
    {
        var connection = new SqliteConnectionStringBuilder { DataSource = file }.ToString();
        UseWriteAheadLog(connection);
        return akka
            .WithCustomSerializer("sweep-events", SweepEventSerializer.Table.Select(entry => entry.Type), system => new SweepEventSerializer(system))
            .AddHocon(
                $$"""
                akka.persistence.journal.plugin = "akka.persistence.journal.sql"
                akka.persistence.journal.sql { connection-string = "{{connection}}", provider-name = "SQLite.MS", tag-write-mode = Csv }
                akka.persistence.snapshot-store.plugin = "akka.persistence.snapshot-store.sql"
                akka.persistence.snapshot-store.sql { connection-string = "{{connection}}", provider-name = "SQLite.MS" }
                """, HoconAddMode.Prepend)
            .AddHocon(SqlPersistence.DefaultConfiguration, HoconAddMode.Append);
    }

    /// <summary>A property of the file: three times the writes a second, and readers are not blocked.</summary>
    private static void UseWriteAheadLog(string connectionString)
    {
        using var connection = new SqliteConnection(connectionString);
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = "PRAGMA journal_mode=WAL";
        command.ExecuteNonQuery();
    }
}
