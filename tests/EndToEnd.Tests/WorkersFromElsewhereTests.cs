using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Sweep.EndToEnd.Tests;

public sealed class WorkersFromElsewhereTests
{
    private const string Sweep = """
        name: elsewhere
        dataset: {name: digits}
        model: {family: resnet, blocks: [1, 1], widths: [8, 16]}
        training: {epochs: 20, batch_size: 32}
        augmentation: {crop_padding: 1, horizontal_flip: false}
        parameters:
          learning_rate: {values: [0.02, 0.03, 0.04, 0.05, 0.06, 0.07, 0.08, 0.09]}
        search: {algorithm: grid}
        """;

    [Fact]
    public async Task Workers_join_midway_and_leave_midway_and_every_trial_has_one_outcome()
    {
        using var run = new TemporaryRun(Sweep);
        var address = $"127.0.0.1:{FreePort()}";
        using var coordinator = Programs.Coordinator("--sweep", run.SweepFile, "--workers", "0", "--listen", address, "--output", run.Folder);
        using var leaving = Programs.Worker("--join", address, "--id", "leaving", "--threads", "1");
        using var staying = Programs.Worker("--join", address, "--id", "staying", "--threads", "1");
        await coordinator.LineAsync("worker leaving joined");
        using var late = Programs.Worker("--join", address, "--id", "late", "--threads", "1");
        await late.LineAsync(" starts");
        leaving.Terminate();

        Assert.Equal(0, await leaving.ExitAsync());
        Assert.Equal(0, await coordinator.ExitAsync());

        var trials = run.Trials();
        Assert.Equal(8, trials.Count);
        Assert.All(trials, trial => Assert.Equal("completed", trial.GetProperty("outcome").GetString()));
        Assert.Equal(Enumerable.Range(1, 8), trials.Select(trial => trial.GetProperty("trial").GetInt32()).Order());
        Assert.Contains(trials, trial => trial.GetProperty("worker").GetString() == "late");
        Assert.True(RunningProgram.IsAlive(staying.Id));
    }

    [Fact]
    public async Task A_worker_from_elsewhere_waits_for_the_next_coordinator()
    {
        using var first = new TemporaryRun(Sweep);
        using var second = new TemporaryRun(Sweep.Replace(", 0.03, 0.04, 0.05, 0.06, 0.07, 0.08, 0.09", "", StringComparison.Ordinal));
        var address = $"127.0.0.1:{FreePort()}";
        using var worker = Programs.Worker("--join", address, "--threads", "1");
        using (var killed = Programs.Coordinator("--sweep", first.SweepFile, "--workers", "0", "--listen", address, "--output", first.Folder))
        {
            await killed.LineAsync("worker ");
            killed.Kill();
            await killed.ExitAsync();
        }
        using var coordinator = Programs.Coordinator("--sweep", second.SweepFile, "--workers", "0", "--listen", address, "--output", second.Folder);
        Assert.Equal(0, await coordinator.ExitAsync());
        Assert.Equal("completed", second.Trials().Single().GetProperty("outcome").GetString());
    }

    internal static string FreePort()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return ((IPEndPoint)socket.LocalEndPoint!).Port.ToString(CultureInfo.InvariantCulture);
    }
}
