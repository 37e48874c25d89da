using System.Diagnostics;
using Sweep.Shared;

namespace Sweep.Bench.Chaos;

/// <summary>Two hosts on this machine, which are network namespaces with one cable between them. Needs root.</summary>
internal sealed class TwoHosts : IDisposable
{
    public const string CoordinatorAddress = "10.77.0.1", WorkerAddress = "10.77.0.2";

    private readonly string _coordinator = $"sweep-{Environment.ProcessId}-c", _worker = $"sweep-{Environment.ProcessId}-w";

    /// <exception cref="InvalidOperationException">There are no network namespaces here.</exception>
    public TwoHosts()
    {
        foreach (var host in (string[])[_coordinator, _worker]) Must("netns", "add", host);
        Must("-n", _coordinator, "link", "add", "cable", "type", "veth", "peer", "name", "cable", "netns", _worker);
        foreach (var (host, address) in ((string, string)[])[(_coordinator, CoordinatorAddress), (_worker, WorkerAddress)])
        {
            Must("-n", host, "address", "add", $"{address}/24", "dev", "cable");
            Must("-n", host, "link", "set", "cable", "up");
            Must("-n", host, "link", "set", "lo", "up");
        }
    }

    /// <summary>Begins a command that is to run where the coordinator does.</summary>
    public string[] AtCoordinator => ["ip", "netns", "exec", _coordinator];

    public string[] AtWorker => ["ip", "netns", "exec", _worker];

    /// <summary>Whether they can be had.</summary>
    public static bool ArePossible()
    {
        if (!OperatingSystem.IsLinux() || !Environment.IsPrivilegedProcess) return false;
        try
        {
            new TwoHosts().Dispose();
            return true;
        }
        catch (Exception exception) when (exception is InvalidOperationException or System.ComponentModel.Win32Exception)
        {
            return false;
        }
    }

    /// <summary>Nothing gets through for a while.</summary>
    public async Task CutAsync(TimeSpan duration)
    {
        Must("-n", _worker, "link", "set", "cable", "down");
        await Task.Delay(duration);
        Must("-n", _worker, "link", "set", "cable", "up");
    }

    /// <summary>For a while the cable has a loose contact: packets are lost in bursts, and what was lost comes late and twice.</summary>
    public async Task ShakeAsync(TimeSpan duration, CounterRandom random)
    {
        for (var clock = Stopwatch.StartNew(); clock.Elapsed < duration;)
        {
            await CutAsync(TimeSpan.FromMilliseconds(50 + random.NextInt(400)));
            await Task.Delay(TimeSpan.FromMilliseconds(50 + random.NextInt(400)));
        }
    }

    public void Dispose()
    {
        foreach (var host in (string[])[_coordinator, _worker]) Run("netns", "delete", host);
    }

    private static void Must(params string[] arguments)
    {
        if (!Run(arguments)) throw new InvalidOperationException($"ip {string.Join(' ', arguments)} failed");
    }

    private static bool Run(params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo("ip", arguments) { RedirectStandardError = true })!;
        process.WaitForExit();
        return process.ExitCode == 0;
    }
}
