using System.Diagnostics;
using System.Reflection;

namespace Sweep.Bench.Dashboard;

/// <summary>A finished run whose dashboard a coordinator serves.</summary>
internal sealed class Served : IAsyncDisposable
{
    private const string Line = "dashboard at ";

    private readonly Process _coordinator;

    private Served(Process coordinator, string address) => (_coordinator, Address) = (coordinator, address);

    public string Address { get; }

    public static async Task<Served> StartAsync(string run)
    {
        var coordinator = Process.Start(Coordinator("dashboard", run))!;
        while (await coordinator.StandardOutput.ReadLineAsync() is { } line)
            if (line.IndexOf(Line, StringComparison.Ordinal) is >= 0 and var at) return new Served(coordinator, line[(at + Line.Length)..].Split(' ', '#')[0]);
        throw new InvalidOperationException("the coordinator ended without serving a dashboard");
    }

    /// <summary>The coordinator as the build left it.</summary>
    public static ProcessStartInfo Coordinator(params string[] arguments) =>
        new(Path.Combine(Metadata("Programs"), "Coordinator", Metadata("Configuration"), "coordinator"), arguments) { RedirectStandardOutput = true };

    public async ValueTask DisposeAsync()
    {
        _coordinator.Kill(entireProcessTree: true);
        await _coordinator.WaitForExitAsync();
        _coordinator.Dispose();
    }

    private static string Metadata(string key) =>
        typeof(Served).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(item => item.Key == key).Value!;
}
