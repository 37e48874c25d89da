using Sweep.Coordinator.Histories;
using Sweep.Coordinator.Terms;
using Sweep.Shared;
using Sweep.Tests.Postgres;

namespace Sweep.Coordinator.Tests.Terms;

/// <summary>Terms in a real PostgreSQL.</summary>
public sealed class HeldTermTests(PostgresServer server) : IClassFixture<PostgresServer>
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    private readonly SweepId _sweep = new($"test-{Guid.NewGuid():N}");

    private TermTable Table => new(StoreAddress.Parse(server.AddressWithPassword, mayHoldPassword: true), _sweep);

    [Fact]
    public async Task One_at_a_time_is_at_work_and_who_waits_follows_at_once()
    {
        SkipIfThereIsNone();
        var standby = new List<string>();
        var first = await TakeAsync();
        Assert.Equal((1, true), (first.Number, first.IsOurs));
        var refused = await Assert.ThrowsAsync<IOException>(() => TakeAsync());
        Assert.Contains($"process {Environment.ProcessId} on", refused.Message, StringComparison.Ordinal);

        var next = TakeAsync(standby.Add);
        await first.DisposeAsync();
        await using var second = await next.WaitAsync(Limit);
        Assert.Equal((2, true), (second.Number, second.IsOurs));
        Assert.False(second.Lost.IsCompleted);
    }

    [Fact]
    public void Of_two_that_take_a_term_at_once_one_gets_it()
    {
        SkipIfThereIsNone();
        Table.Create();
        Assert.Equal(1, Table.Take(null, "a"));
        Assert.Null(Table.Take(null, "b"));
        var seen = Table.Read();
        Assert.True(Table.Renew(1));
        Assert.Null(Table.Take(seen, "b"));
        seen = Table.Read();
        Assert.Equal(2, Table.Take(seen, "b"));
        Assert.Null(Table.Take(seen, "c"));
        Assert.False(Table.Renew(1));
        Table.Release(1);
        Assert.Equal(new TermRow(2, 0, "b"), Table.Read());
    }

    [Fact]
    public async Task Who_lost_the_term_knows_it()
    {
        SkipIfThereIsNone();
        await using var old = await TakeAsync();
        // As if it had been silent for long enough.
        while (Table.Take(Table.Read(), "another") is null) { }
        await old.Lost.WaitAsync(Limit);
        Assert.False(old.IsOurs);
    }

    [Fact]
    public async Task A_term_outlives_a_server_that_was_gone_and_is_not_ours_meanwhile()
    {
        SkipIfThereIsNone();
        await using var term = await TakeAsync();
        var standby = TakeAsync(_ => { });
        await server.StopAsync();
        await UntilAsync(() => !term.IsOurs);
        await server.StartAsync();
        await UntilAsync(() => term.IsOurs);
        Assert.False(term.Lost.IsCompleted);
        Assert.False(standby.IsCompleted);
        await term.DisposeAsync();
        await using var next = await standby.WaitAsync(Limit);
        Assert.Equal(2, next.Number);
    }

    private static void SkipIfThereIsNone() => Assert.SkipUnless(PostgresServer.IsInstalled, "PostgreSQL is not installed (Debian package postgresql)");

    private Task<HeldTerm> TakeAsync(Action<string>? standby = null) => HeldTerm.TakeAsync(Table, "run", standby, TimeProvider.System);

    private static async Task UntilAsync(Func<bool> condition)
    {
        using var limit = new CancellationTokenSource(Limit);
        using var poll = new PeriodicTimer(TimeSpan.FromMilliseconds(50));
        while (!condition()) await poll.WaitForNextTickAsync(limit.Token);
    }
}
