using System.Diagnostics;

namespace Sweep.Bench.Chaos;

/// <summary>A small disk of its own for one folder, which can be filled. Needs root, as whoever mounts does.</summary>
internal sealed class FullDisk : IDisposable
{
    private const string Size = "48m";

    private readonly string _folder;

    /// <exception cref="InvalidOperationException">Nothing may be mounted here.</exception>
    public FullDisk(string folder)
    {
        _folder = folder;
        Directory.CreateDirectory(folder);
        if (!Run("mount", "-t", "tmpfs", "-o", $"size={Size}", "tmpfs", folder)) throw new InvalidOperationException("nothing may be mounted here");
    }

    /// <summary>Whether it can be had.</summary>
    public static bool IsPossible()
    {
        if (!OperatingSystem.IsLinux() || !Environment.IsPrivilegedProcess) return false;
        var folder = Directory.CreateTempSubdirectory("sweep-chaos-").FullName;
        try
        {
            new FullDisk(folder).Dispose();
            return true;
        }
        catch (InvalidOperationException)
        {
            return false;
        }
        finally
        {
            Directory.Delete(folder);
        }
    }

    public async Task FillAsync(TimeSpan duration)
    {
        var ballast = Path.Combine(_folder, "ballast");
        Fill(ballast);
        await Task.Delay(duration);
        File.Delete(ballast);
    }

    public void Dispose() => Run("umount", "--lazy", _folder);

    private static void Fill(string ballast)
    {
        using var file = new FileStream(ballast, FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 0);
        try
        {
            while (true) file.Write(new byte[4096]);
        }
        catch (IOException)
        {
            // Full: this is what was wanted.
        }
    }

    private static bool Run(params string[] command)
    {
        using var process = Process.Start(new ProcessStartInfo(command[0], command[1..]) { RedirectStandardError = true })!;
        process.WaitForExit();
        return process.ExitCode == 0;
    }
}
