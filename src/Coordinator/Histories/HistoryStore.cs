using System.Data.Common;
using Akka.Actor;
using Akka.Hosting;
using Akka.Persistence.Sql;
using Microsoft.Data.Sqlite;
using Sweep.Coordinator.Trials;

namespace Sweep.Coordinator.Histories;

/// <summary>A database that events are stored in.</summary>
public abstract class HistoryStore
{
    /// <summary>What people call it; holds no password.</summary>
    public abstract string Name { get; }

    /// <summary>Linq2db's name for the kind of database.</summary>
    protected abstract string Provider { get; }

    /// <summary>May hold a password.</summary>
    protected abstract string ConnectionString { get; }

    /// <summary>Counts the tables that hold events: none in a store that was never written.</summary>
    internal abstract string JournalCount { get; }

    /// <summary>False where there is certainly nothing to read.</summary>
    public virtual bool Exists => true;

    /// <summary>Opens a connection to read by, outside the actor system.</summary>
    /// <exception cref="DbException">The database cannot be reached.</exception>
    public abstract DbConnection Open();

    /// <summary>The connection, opened; it is disposed of where that fails.</summary>
    internal static T Opened<T>(T connection)
        where T : DbConnection
    {
        try
        {
            connection.Open();
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    /// <summary>Readies the database for writing, where it needs that.</summary>
    protected virtual void Prepare() { }

    /// <summary>
    /// Lets the actor system persist here. A store that has failed is asked again within seconds, since the sweep waits for it.
    /// </summary>
    public AkkaConfigurationBuilder AddTo(AkkaConfigurationBuilder akka)
    {
        Prepare();
        var connection = $"""connection-string = "{Escaped(ConnectionString)}", provider-name = "{Provider}" """;
        return akka
            .WithCustomSerializer("sweep-events", SweepEventSerializer.Table.Select(entry => entry.Type), system => new SweepEventSerializer(system))
            .AddHocon(
                $$"""
                akka.persistence.journal.plugin = "akka.persistence.journal.sql"
                akka.persistence.journal.sql { {{connection}}, tag-write-mode = Csv }
                akka.persistence.journal.sql.circuit-breaker { max-failures = 3, call-timeout = 20 s, reset-timeout = 2 s }
                """, HoconAddMode.Prepend)
            .AddHocon(SqlPersistence.DefaultConfiguration, HoconAddMode.Append);
    }

    private static string Escaped(string text) => text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal);
}

/// <summary>One SQLite file in the run folder.</summary>
public sealed class SqliteStore(string file) : HistoryStore
{
    public override string Name => file;

    public override bool Exists => File.Exists(file);

    internal override string JournalCount => "SELECT COUNT(*) FROM sqlite_master WHERE type = 'table' AND name = 'journal'";

    protected override string Provider => "SQLite.MS";

    protected override string ConnectionString => new SqliteConnectionStringBuilder { DataSource = file }.ToString();

    public override DbConnection Open() => Open(SqliteOpenMode.ReadWrite);

    /// <summary>The write-ahead log is a property of the file: three times the writes a second, and readers are not blocked.</summary>
    protected override void Prepare()
    {
        using var connection = Open(SqliteOpenMode.ReadWriteCreate);
        using var command = connection.CreateCommand();
        command.CommandText = "PRAGMA journal_mode=WAL";
        command.ExecuteNonQuery();
    }

    private SqliteConnection Open(SqliteOpenMode mode) =>
        Opened(new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = file, Mode = mode, Pooling = false }.ToString()));
}
