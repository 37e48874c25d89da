using Sweep.Shared.Tests.Wire;
using Sweep.Shared.Wire;

namespace Sweep.EndToEnd.Tests;

/// <summary>Who may take part, and what the programs make of everybody else.</summary>
public sealed class WireTests : IDisposable
{
    private const string Sweep = """
        name: wire
        dataset: {name: digits, train_limit: 400, test_limit: 100}
        model: {family: resnet, blocks: [1, 1], widths: [8, 16]}
        training: {epochs: 3, batch_size: 32}
        augmentation: {crop_padding: 1, horizontal_flip: false}
        parameters: {learning_rate: {values: [0.02, 0.03, 0.04, 0.05]}}
        search: {algorithm: grid}
        """;

    private readonly TestAuthority _authority = new();
    private readonly TestAuthority _foreign = new("foreign authority");
    private readonly TemporaryRun _run = new(Sweep);

    public void Dispose()
    {
        _run.Dispose();
        _authority.Dispose();
        _foreign.Dispose();
    }

    [Fact]
    public async Task A_sweep_over_TLS_takes_its_own_workers_and_no_stranger()
    {
        var address = $"127.0.0.1:{WorkersFromElsewhereTests.FreePort()}";
        using var stranger = Programs.Worker(["--join", address, "--id", "stranger", .. Tls(_foreign.Issue("stranger"))]);
        using var guest = Programs.Worker(["--join", address, "--id", "guest", "--threads", "1", .. Tls(_authority.Issue("guest"))]);
        using var coordinator = Programs.Coordinator(
            ["--sweep", _run.SweepFile, "--workers", "1", "--listen", address, "--output", _run.Folder, .. Tls(_authority.Issue("coordinator"))]);
        await stranger.LineAsync("its certificate is from another authority");
        await coordinator.LineAsync("worker guest joined");

        Assert.Equal(0, await coordinator.ExitAsync());

        Assert.Equal(4, _run.Trials().Count);
        Assert.All(_run.Trials(), trial => Assert.Equal("completed", trial.GetProperty("outcome").GetString()));
        Assert.DoesNotContain(_run.Trials(), trial => trial.GetProperty("worker").GetString() == "stranger");
        Assert.DoesNotContain("   at ", stranger.Output, StringComparison.Ordinal);
        Assert.True(RunningProgram.IsAlive(stranger.Id));
    }

    [Fact]
    public async Task A_bad_TLS_file_is_named_at_start()
    {
        var good = _authority.Issue("node");
        var bad = good with { Key = _authority.Issue("other").Key };
        using var coordinator = Programs.Coordinator(["--sweep", _run.SweepFile, .. Tls(bad)]);
        using var worker = Programs.Worker(["--join", "127.0.0.1:1", .. Tls(bad)]);
        using var half = Programs.Worker("--join", "127.0.0.1:1", "--tls-cert", good.Certificate);

        Assert.Equal((2, 2, 2), (await coordinator.ExitAsync(), await worker.ExitAsync(), await half.ExitAsync()));

        foreach (var program in new[] { coordinator, worker }) Assert.StartsWith($"--tls-key {bad.Key}: not the key", program.Output, StringComparison.Ordinal);
        Assert.Contains("give all three", half.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_worker_listens_beyond_loopback_only_with_TLS_or_consent()
    {
        using var refused = Programs.Worker("--join", "127.0.0.1:1", "--listen", "0.0.0.0:0");
        Assert.Equal(2, await refused.ExitAsync());
        Assert.Contains("--insecure", refused.Output, StringComparison.Ordinal);

        using var allowed = Programs.Worker("--join", "127.0.0.1:1", "--listen", "0.0.0.0:0", "--insecure");
        await allowed.LineAsync("warning: --insecure: connections to 0.0.0.0:0 are neither encrypted nor authenticated");
        await allowed.LineAsync("joins 127.0.0.1:1");
        allowed.Terminate();
        Assert.Equal(0, await allowed.ExitAsync());
    }

    [Fact]
    public async Task Garbage_from_the_wire_neither_ends_nor_fools_the_programs()
    {
        using var fuzz = Programs.Fuzz("--seconds", "15", "--seed", Random.Shared.Next().ToString());
        Assert.True(await fuzz.ExitAsync() == 0, fuzz.Output);
    }

    private static string[] Tls(TlsFiles files) => ["--tls-cert", files.Certificate, "--tls-key", files.Key, "--tls-ca", files.Authority];
}
