using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace Sweep.Tests.Postgres;

/// <summary>A PostgreSQL server of its own in a temporary folder, on a free port of loopback; there only where Debian's `postgresql` is.</summary>
public sealed partial class PostgresServer : IAsyncDisposable
{
    public const string Password = "not/so:secret@all";
    private const string User = "sweep";

    private readonly string _folder = Directory.CreateTempSubdirectory("sweep-postgres-").FullName;
    private readonly int _port = FreePort();

    /// <summary>Null where the programs are not installed.</summary>
    private static string? Programs { get; } = Directory.Exists("/usr/lib/postgresql")
        ? Directory.EnumerateDirectories("/usr/lib/postgresql").Select(version => Path.Combine(version, "bin")).LastOrDefault(Directory.Exists)
        : null;

    public static bool IsInstalled => Programs is not null;

    /// <summary>Without the password.</summary>
    public string Address => $"postgres://{User}@127.0.0.1:{_port}/postgres";

    public string AddressWithPassword => $"postgres://{User}:{Uri.EscapeDataString(Password)}@127.0.0.1:{_port}/postgres";

    /// <summary>For Npgsql.</summary>
    public string ConnectionString => $"Host=127.0.0.1;Port={_port};Username={User};Password={Password};Database=postgres";

    /// <summary>Holds the password and a line's end.</summary>
    public string PasswordFile => Path.Combine(_folder, "password");

    /// <summary>Whether commits wait for the disk; tests have no need of that.</summary>
    public bool IsDurable { get; init; }

    private string Data => Path.Combine(_folder, "data");

    public async ValueTask InitializeAsync()
    {
        if (!IsInstalled) return;
        await File.WriteAllTextAsync(PasswordFile, Password + "\n");
        // initdb refuses root, so what runs as root becomes the user that the package made.
        if (Environment.IsPrivilegedProcess) await RunAsync("chown", "-R", "postgres", _folder);
        await RunAsync(Own("initdb", "-D", Data, "-U", User, $"--pwfile={PasswordFile}", "--auth=scram-sha-256", "--no-sync", "--locale=C"));
        await StartAsync();
    }

    public Task StartAsync() => RunAsync(Own(
        "pg_ctl", "-D", Data, "-l", Path.Combine(_folder, "log"), "-w", "-o", $"-p {_port} -k {_folder} -c listen_addresses=127.0.0.1 -c fsync={(IsDurable ? "on" : "off")}", "start"));

    /// <summary>As a crash would.</summary>
    public Task StopAsync() => RunAsync(Own("pg_ctl", "-D", Data, "-w", "-m", "immediate", "stop"));

    public async ValueTask DisposeAsync()
    {
        if (IsInstalled && File.Exists(Path.Combine(Data, "postmaster.pid"))) await StopAsync();
        Directory.Delete(_folder, recursive: true);
    }

    private static string[] Own(string program, params string[] arguments)
    {
        string[] command = [Path.Combine(Programs!, program), .. arguments];
        return Environment.IsPrivilegedProcess ? ["runuser", "-u", "postgres", "--", .. command] : command;
    }

    private static async Task RunAsync(params string[] command)
    {
        // Into files and not pipes: the server would inherit those, and they would never end.
        using var process = Process.Start(new ProcessStartInfo("sh", ["-c", "exec \"$@\" >/dev/null 2>&1 </dev/null", "sh", .. command]) { WorkingDirectory = "/" })!;
        await process.WaitForExitAsync().WaitAsync(TimeSpan.FromMinutes(1));
        if (process.ExitCode != 0) throw new InvalidOperationException($"{string.Join(' ', command)} ended with {process.ExitCode}");
    }

    private static int FreePort()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return ((IPEndPoint)socket.LocalEndPoint!).Port;
    }
}
