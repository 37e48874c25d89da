using System.CommandLine;

namespace Sweep.Coordinator.Commands;

/// <summary>Which run a command is about: a folder, the coordinator at an address, or the newest run in <c>runs</c>.</summary>
internal sealed class RunTarget
{
    private const string Runs = "runs";

    private readonly Option<string?> _run = new("--run") { Description = $"The run folder (default: the newest in {Runs}/)", HelpName = "RUN" };
    private readonly Option<string?> _at = new("--at") { Description = "Ask the coordinator at this address instead, as http://HOST:PORT", HelpName = "URL" };
    private readonly Option<string?> _sweep = new("--of") { Description = "With --at, where it has several: the sweep's name", HelpName = "SWEEP" };
    private readonly Option<string?> _token = new("--token-file") { Description = "With --at: the file that holds the coordinator's token", HelpName = "FILE" };
    private readonly StoreOption _store = StoreOption.Create();

    public IEnumerable<Option> Options => [_run, _at, _sweep, _token, _store];

    /// <param name="run">The folder, where the command takes it as an argument; null for what the options say.</param>
    /// <exception cref="IOException">There is no such run, or nobody answers; the message says what to do.</exception>
    public async Task<SweepClient> OpenAsync(ParseResult parsed, string? run = null)
    {
        if (parsed.GetValue(_at) is { } address)
            return await SweepClient.AtAsync(address, parsed.GetValue(_sweep), parsed.GetValue(_token) is { } file ? File.ReadAllText(file).Trim() : null);
        return await SweepClient.OfRunAsync(run ?? parsed.GetValue(_run) ?? Newest(), _store.Read(parsed));
    }

    private static string Newest() =>
        (Directory.Exists(Runs) ? Directory.EnumerateDirectories(Runs).Where(RunFolder.HasBegun).MaxBy(Directory.GetLastWriteTimeUtc) : null)
        ?? throw new IOException($"there is no run in {Runs}/; name one with --run RUN, or a coordinator with --at URL");
}
