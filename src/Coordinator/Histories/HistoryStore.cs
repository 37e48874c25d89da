using System.Data.Common;
using System.Security.Cryptography;
using System.Text;
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

    /// <summary>What Akka calls the journal in this store: sweeps of one process may have different ones.</summary>
    internal string JournalPlugin => $"akka.persistence.journal.sql-{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Name)).AsSpan(0, 8))}";

    private string Journal => $$"""
        {{JournalPlugin}} {
          class = "Akka.Persistence.Sql.Journal.SqlWriteJournal, Akka.Persistence.Sql"
          plugin-dispatcher = "akka.persistence.dispatchers.default-plugin-dispatcher"
          connection-string = "{{Escaped(ConnectionString)}}"
          provider-name = "{{Provider}}"
          tag-write-mode = Csv
          circuit-breaker { max-failures = 3, call-timeout = 20 s, reset-timeout = 2 s }
        }
        """;

    /// <summary>
    /// Lets the actor system persist in these. A store that has failed is asked again within seconds, since its sweep waits for it.
    /// </summary>
    public static AkkaConfigurationBuilder Add(AkkaConfigurationBuilder akka, params IEnumerable<HistoryStore> stores)
    {
        akka.WithCustomSerializer("sweep-events", SweepEventSerializer.Table.Select(entry => entry.Type), system => new SweepEventSerializer(system))
            .AddHocon(SqlPersistence.DefaultConfiguration, HoconAddMode.Append);
        foreach (var store in stores.DistinctBy(store => store.JournalPlugin))
        {
            store.Prepare();
            akka.AddHocon(store.Journal, HoconAddMode.Prepend);
        }
        return akka;
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
