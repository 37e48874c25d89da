using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Sweep.GpuWorker.Tests.Commands;

/// <summary>A program that ran to its end.</summary>
internal sealed record ProcessRun(int ExitCode, string Output, string Error)
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(2);

    public string[] Lines => Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);

    /// <summary>The worker as the build left it.</summary>
    public static Task<ProcessRun> WorkerAsync(params string[] arguments) => StartAsync(Path.Combine(Torch.WorkerDirectory, "gpu-worker"), arguments);

    public static async Task<ProcessRun> StartAsync(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            Environment =
            {
                ["DOTNET_ROOT"] = Path.GetFullPath(Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "../../..")),
                ["PYTHONDONTWRITEBYTECODE"] = "1",
            },
        })!;
        var (output, error) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync().WaitAsync(Limit);
        return new ProcessRun(process.ExitCode, await output, await error);
    }
}
