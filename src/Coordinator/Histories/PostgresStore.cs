using System.Data.Common;
using Npgsql;
using Sweep.Coordinator.Terms;
using Sweep.Shared;

namespace Sweep.Coordinator.Histories;

/// <summary>A PostgreSQL database; any number of sweeps share its tables.</summary>
public sealed class PostgresStore(StoreAddress address) : HistoryStore
{
    public override string Name => address.WithoutPassword;

    /// <summary>Who is at work on the sweep.</summary>
    public TermTable TermOf(SweepId sweep) => new(address, sweep);

    internal override string JournalCount =>
        "SELECT COUNT(*) FROM information_schema.tables WHERE table_schema = ANY (current_schemas(false)) AND table_name = 'journal'";

    protected override string Provider => "PostgreSQL.15";

    protected override string ConnectionString => address.ConnectionString;

    public override DbConnection Open() => Opened(new NpgsqlConnection(ConnectionString));
}
