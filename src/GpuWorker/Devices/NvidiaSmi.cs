using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;

namespace Sweep.GpuWorker.Devices;

/// <summary>Name and memory of a GPU, which TorchSharp cannot tell: asked of the driver's own tool.</summary>
internal static class NvidiaSmi
{
    /// <summary>The first GPU that <c>CUDA_VISIBLE_DEVICES</c> shows to this process; null where the tool does not answer.</summary>
    public static (string Name, long MemoryBytes)? FirstVisible()
    {
        var visible = Environment.GetEnvironmentVariable("CUDA_VISIBLE_DEVICES")?.Split(',')[0].Trim();
        var start = new ProcessStartInfo("nvidia-smi") { RedirectStandardOutput = true, RedirectStandardError = true };
        start.ArgumentList.Add("--query-gpu=name,memory.total");
        start.ArgumentList.Add("--format=csv,noheader,nounits");
        start.ArgumentList.Add($"--id={(string.IsNullOrEmpty(visible) ? "0" : visible)}");
        try
        {
            using var process = Process.Start(start)!;
            var answer = process.StandardOutput.ReadLine();
            process.WaitForExit();
            return Parse(answer);
        }
        catch (Win32Exception)
        {
            return null;
        }
    }

    /// <summary>Reads <c>NVIDIA A100-SXM4-40GB, 40960</c>, the memory in MiB; null for anything else.</summary>
    internal static (string Name, long MemoryBytes)? Parse(string? line) =>
        line?.Split(',', StringSplitOptions.TrimEntries) is [var name, var mebibytes]
        && long.TryParse(mebibytes, NumberStyles.None, CultureInfo.InvariantCulture, out var size)
            ? (name, size << 20)
            : null;
}
