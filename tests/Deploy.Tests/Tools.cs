using System.Diagnostics;

namespace Sweep.Deploy.Tests;

/// <summary>Programs of others that tests ask for a second opinion; a test whose program is absent is skipped, and says so.</summary>
internal static class Tools
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(1);

    /// <summary>Its output and exit code; standard error follows standard output.</summary>
    public static async Task<(int ExitCode, string Output)> RunAsync(string tool, string[] arguments, string? input = null)
    {
        RequireTool(tool);
        using var process = Process.Start(new ProcessStartInfo(tool, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = Programs.Repository,
        })!;
        if (input is not null) await process.StandardInput.WriteAsync(input);
        process.StandardInput.Close();
        var output = process.StandardOutput.ReadToEndAsync();
        var errors = process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync().WaitAsync(Limit);
        return (process.ExitCode, await output + await errors);
    }

    public static void RequireTool(string tool)
    {
        var isThere = Environment.GetEnvironmentVariable("PATH")!.Split(':').Any(folder => File.Exists(Path.Combine(folder, tool)));
        Assert.SkipUnless(isThere, $"{tool} is not installed");
    }
}
