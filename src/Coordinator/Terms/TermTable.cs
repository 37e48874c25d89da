using Npgsql;
using Sweep.Coordinator.Histories;
using Sweep.Shared;

namespace Sweep.Coordinator.Terms;

/// <summary>
/// The row of one sweep in PostgreSQL's table <c>coordinator_term</c>. Every change names the term that it is made in, so of two
/// coordinators that change it at once one succeeds.
/// </summary>
/// <remarks>Every method throws <see cref="NpgsqlException"/> where the server does not answer within seconds.</remarks>
public sealed class TermTable(StoreAddress address, SweepId sweep)
{
    private const int TimeoutSeconds = 3;
    private const string UniqueViolation = PostgresErrorCodes.UniqueViolation;

    /// <summary>A pool of its own, so that renewals never wait for writes of the history.</summary>
    private readonly string _connectionString = new NpgsqlConnectionStringBuilder(address.ConnectionString)
    {
        ApplicationName = "sweep-term",
        Timeout = TimeoutSeconds,
        CommandTimeout = TimeoutSeconds,
        MaxPoolSize = 2,
    }.ToString();

    public void Create()
    {
        try
        {
            Execute("CREATE TABLE IF NOT EXISTS coordinator_term (sweep text PRIMARY KEY, term bigint NOT NULL, beat bigint NOT NULL, holder text)");
        }
        catch (PostgresException exception) when (exception.SqlState is UniqueViolation or PostgresErrorCodes.DuplicateTable)
        {
            // Another coordinator makes it at the same moment.
        }
    }

    /// <summary>Null where nobody has ever been at work on the sweep.</summary>
    public TermRow? Read()
    {
        using var connection = Open();
        using var command = Command(connection, "SELECT term, beat, holder FROM coordinator_term WHERE sweep = @sweep", []);
        using var row = command.ExecuteReader();
        return row.Read() ? new TermRow(row.GetInt64(0), row.GetInt64(1), row.IsDBNull(2) ? null : row.GetString(2)) : null;
    }

    /// <summary>Begins the next term, if the row is still as it was <paramref name="seen"/>; the term, or null where it is not.</summary>
    public long? Take(TermRow? seen, string holder)
    {
        if (seen is null)
            return Execute("INSERT INTO coordinator_term VALUES (@sweep, 1, 0, @holder) ON CONFLICT DO NOTHING", ("holder", holder)) == 1 ? 1 : null;
        var taken = Execute(
            "UPDATE coordinator_term SET term = term + 1, beat = 0, holder = @holder WHERE sweep = @sweep AND term = @term AND beat = @beat",
            ("holder", holder), ("term", seen.Term), ("beat", seen.Beat));
        return taken == 1 ? seen.Term + 1 : null;
    }

    /// <summary>False where the term is over.</summary>
    public bool Renew(long term) => Execute("UPDATE coordinator_term SET beat = beat + 1 WHERE sweep = @sweep AND term = @term", ("term", term)) == 1;

    /// <summary>Ends the term, if it is not over: the next coordinator need not wait.</summary>
    public void Release(long term) => Execute("UPDATE coordinator_term SET holder = NULL WHERE sweep = @sweep AND term = @term", ("term", term));

    private int Execute(string statement, params (string Name, object Value)[] values)
    {
        using var connection = Open();
        using var command = Command(connection, statement, values);
        return command.ExecuteNonQuery();
    }

    private NpgsqlCommand Command(NpgsqlConnection connection, string statement, (string Name, object Value)[] values)
    {
        var command = new NpgsqlCommand(statement, connection);
        command.Parameters.AddWithValue("sweep", sweep.Value);
        foreach (var (name, value) in values) command.Parameters.AddWithValue(name, value);
        return command;
    }

    private NpgsqlConnection Open() => HistoryStore.Opened(new NpgsqlConnection(_connectionString));
}
