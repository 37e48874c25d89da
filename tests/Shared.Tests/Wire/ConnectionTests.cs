using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using Akka.Actor;
using Sweep.Shared.Protocol;
using Sweep.Shared.Wire;

namespace Sweep.Shared.Tests.Wire;

public sealed class ConnectionTests : IDisposable
{
    private readonly TestAuthority _authority = new();
    private readonly TestAuthority _foreign = new("foreign authority");

    public void Dispose()
    {
        _authority.Dispose();
        _foreign.Dispose();
    }

    [Fact]
    public async Task Nodes_of_one_authority_hear_each_other()
    {
        await using var coordinator = await CoordinatorAsync();
        await using var worker = await TestNode.WorkerAsync(coordinator.Address, Load(_authority.Issue("worker")));
        await worker.HearsAsync(coordinator);
        Assert.DoesNotContain(coordinator.Log.Concat(worker.Log), line => line.StartsWith("Warning", StringComparison.Ordinal) || line.StartsWith("Error", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Without_TLS_they_hear_each_other_too()
    {
        await using var coordinator = await TestNode.CoordinatorAsync(null);
        await using var worker = await TestNode.WorkerAsync(coordinator.Address, null);
        await worker.HearsAsync(coordinator);
    }

    [Fact]
    public async Task A_worker_that_nobody_can_reach_is_answered_on_the_connection_that_it_made()
    {
        await using var coordinator = await TestNode.CoordinatorAsync(null);
        await using var worker = await TestNode.WorkerAsync(coordinator.Address, null, host: "worker.invalid");
        await worker.HearsAsync(coordinator);
    }

    [Fact]
    public async Task A_peer_of_a_foreign_authority_stays_out_and_both_say_why_in_one_line()
    {
        await using var coordinator = await CoordinatorAsync();
        await using var foreign = await TestNode.WorkerAsync(coordinator.Address, Load(_foreign.Issue("worker")));
        await foreign.LineAsync("No connection with");
        AssertOneLine(foreign, $"No connection with {coordinator.Address}: its certificate is from another authority");
        await AssertStillGoodAsync(coordinator, foreign);
    }

    [Fact]
    public async Task A_peer_whose_certificate_has_expired_stays_out()
    {
        await using var coordinator = await CoordinatorAsync();
        var expired = NodeCertificate.Load(_authority.Issue("late", days: -1), TestAuthority.Now.AddDays(-30));
        await using var late = await TestNode.WorkerAsync(coordinator.Address, expired);
        await coordinator.LineAsync("expired at");
        AssertOneLine(coordinator, "its certificate expired at");
        await AssertStillGoodAsync(coordinator, late);
    }

    [Fact]
    public async Task A_peer_that_shows_no_certificate_stays_out()
    {
        await using var coordinator = await CoordinatorAsync();
        for (var attempt = 0; attempt < 3; attempt++) await AssertHungUpAsync(coordinator.Address);
        await coordinator.LineAsync("it shows no certificate");
        AssertOneLine(coordinator, "No connection with 127.0.0.1:");
        await AssertStillGoodAsync(coordinator);
    }

    [Fact]
    public async Task A_peer_that_does_not_speak_TLS_stays_out_and_both_say_why_in_one_line()
    {
        await using var coordinator = await CoordinatorAsync();
        await using var open = await TestNode.WorkerAsync(coordinator.Address, null);
        await open.LineAsync("does one side speak TLS");
        await coordinator.LineAsync("it does not speak TLS");
        AssertOneLine(coordinator, "it does not speak TLS");
        AssertOneLine(open, "does one side speak TLS and the other not?");
        await AssertStillGoodAsync(coordinator, open);
    }

    /// <summary>Akka would end the whole node, and a sweep with it.</summary>
    [Fact]
    public async Task A_node_survives_that_a_peer_which_it_calls_does_not_speak_TLS()
    {
        using var deaf = new TcpListener(IPAddress.Loopback, 0);
        deaf.Start();
        await using var coordinator = await CoordinatorAsync();
        var called = deaf.AcceptTcpClientAsync(TestContext.Current.CancellationToken).AsTask();
        coordinator.System.ActorSelection($"akka.ssl.tcp://sweep@{deaf.LocalEndpoint}/user/worker").Tell(new WorkerNoted(new WorkerId("w")));
        (await called).Close();
        await coordinator.LineAsync($"No connection with {deaf.LocalEndpoint}");
        await AssertStillGoodAsync(coordinator);
        var ended = coordinator.System.WhenTerminated;
        await coordinator.DisposeAsync();
        Assert.True(ended.IsCompleted);
    }

    private Task<TestNode> CoordinatorAsync() => TestNode.CoordinatorAsync(Load(_authority.Issue("coordinator")));

    /// <summary>The strangers were not heard, and a good worker still is.</summary>
    private async Task AssertStillGoodAsync(TestNode coordinator, params TestNode[] strangers)
    {
        await using var worker = await TestNode.WorkerAsync(coordinator.Address, Load(_authority.Issue("worker")));
        await worker.HearsAsync(coordinator);
        Assert.Equal([worker.Address], coordinator.Heard);
        Assert.DoesNotContain(strangers, stranger => stranger.Heard.Any());
    }

    private static void AssertOneLine(TestNode node, string text)
    {
        var problems = node.Log.Where(line => !line.StartsWith("Information", StringComparison.Ordinal)).ToList();
        var line = Assert.Single(problems, line => line.Contains(text, StringComparison.Ordinal));
        Assert.DoesNotContain('\n', line);
        Assert.DoesNotContain(problems, problem => problem.Contains("   at ", StringComparison.Ordinal));
        Assert.InRange(problems.Count, 1, 3);
    }

    private static async Task AssertHungUpAsync(HostAndPort address)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(address.Host, address.Port, TestContext.Current.CancellationToken);
        await using var stream = new SslStream(client.GetStream(), false, (_, certificate, _, _) => certificate?.Issuer == "CN=test authority");
        try
        {
            await stream.AuthenticateAsClientAsync("sweep");
            // With TLS 1.3 the client learns of the refusal when it reads.
            Assert.Equal(0, await stream.ReadAsync(new byte[1], TestContext.Current.CancellationToken));
        }
        catch (Exception exception) when (exception is IOException or AuthenticationException)
        {
            Assert.NotNull(exception);
        }
    }

    private static NodeCertificate Load(TlsFiles files) => NodeCertificate.Load(files, TestAuthority.Now);
}
