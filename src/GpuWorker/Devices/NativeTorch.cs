using System.Reflection;
using System.Runtime.InteropServices;
using System.Runtime.Loader;
using Serilog;
using TorchSharp;

namespace Sweep.GpuWorker.Devices;

/// <summary>
/// Loads libtorch and TorchSharp's native half, so that a failure is told in the loader's own words. Left to itself, TorchSharp hides
/// the loader's message, and copies half a gigabyte into the program's folder to try again.
/// </summary>
public static class NativeTorch
{
    private const string TorchSharpLibrary = "libLibTorchSharp.so";

    /// <summary>In the order of their dependencies; the last one is there in a CUDA build only.</summary>
    private static readonly string[] TorchLibraries = ["libc10.so", "libtorch_cpu.so", "libtorch.so", "libtorch_cuda.so"];

    private static readonly Lock Gate = new();
    private static readonly Dictionary<string, nint> Handles = [];

    /// <summary>The program's own folder for native libraries: that of a build, or that of a published program.</summary>
    public static string OwnDirectory
    {
        get
        {
            var built = Path.Combine(AppContext.BaseDirectory, "runtimes", "linux-x64", "native");
            return File.Exists(Path.Combine(built, TorchSharpLibrary)) ? built : AppContext.BaseDirectory;
        }
    }

    /// <summary>Loads the libraries once; later calls return at once, whatever they ask for. Safe from any thread.</summary>
    /// <remarks>
    /// What OpenMP reads from the environment (<c>OMP_WAIT_POLICY=PASSIVE</c>, which several workers on one machine need)
    /// must be there when the process starts: whoever starts it sets it.
    /// </remarks>
    /// <param name="directory">Where the libraries are; default <see cref="OwnDirectory"/>.</param>
    /// <param name="log">Is told if a library had to be mended; default <see cref="Log.Logger"/>.</param>
    /// <exception cref="NativeTorchException">A library is missing or does not load; the message says which, why, and where it runs.</exception>
    public static void Load(string? directory = null, ILogger? log = null)
    {
        lock (Gate)
        {
            if (Handles.Count > 0) return;
            GlibcAllocator.KeepMemory();
            var handles = LoadAll(directory ?? OwnDirectory, log ?? Log.Logger);
            LibtorchLog.KeepErrorsOnly(handles[NameOf(TorchLibraries[0])]);
            NativeLibrary.SetDllImportResolver(typeof(torch).Assembly, (name, _, _) => handles.GetValueOrDefault(name));
            AssemblyLoadContext.Default.ResolvingUnmanagedDll += (_, name) => handles.GetValueOrDefault(name);
            foreach (var (name, handle) in handles) Handles[name] = handle;
        }
    }

    /// <summary>Handles by the names that TorchSharp asks for: <c>torch_cpu</c>, <c>LibTorchSharp</c>.</summary>
    private static Dictionary<string, nint> LoadAll(string directory, ILogger log)
    {
        if (!OperatingSystem.IsLinux() || RuntimeInformation.ProcessArchitecture != Architecture.X64)
            throw new NativeTorchException($"this worker runs on 64-bit x86 Linux, and this is {RuntimeInformation.RuntimeIdentifier}");
        var handles = new Dictionary<string, nint>();
        foreach (var file in TorchLibraries)
        {
            var path = Path.Combine(directory, file);
            if (file == TorchLibraries[^1] && !File.Exists(path)) continue;
            handles[NameOf(file)] = LoadOne(path);
        }
        var library = Path.Combine(directory, TorchSharpLibrary);
        if (!File.Exists(library)) throw Absent(library);
        handles[NameOf(TorchSharpLibrary)] = LoadOne(OldStandardLibrary.Mended(library, CacheDirectory, log));
        return handles;
    }

    private static string CacheDirectory =>
        Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".cache", "sweep", "native");

    private static string NameOf(string file) => Path.GetFileNameWithoutExtension(file)["lib".Length..];

    private static nint LoadOne(string path)
    {
        if (!File.Exists(path)) throw Absent(path);
        try
        {
            return NativeLibrary.Load(path);
        }
        catch (Exception refused) when (refused is DllNotFoundException or BadImageFormatException)
        {
            throw new NativeTorchException(
                $"{path} does not load: {LoaderMessage(refused)}\n" +
                "It needs glibc 2.34 and the libstdc++ of GCC 12 or newer: Debian 12, Ubuntu 22.04, Fedora 36, or later ones " +
                "(RHEL 9 and its kin are too old).", refused);
        }
    }

    /// <summary>The dynamic loader's own line, without .NET's advice before it.</summary>
    private static string LoaderMessage(Exception refused) =>
        refused.Message.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
            .LastOrDefault(line => line.Contains(": ", StringComparison.Ordinal)) ?? refused.Message;

    private static NativeTorchException Absent(string path) =>
        new($"{path} is missing: the worker was built or copied without its native libraries; build src/GpuWorker again");
}

/// <summary>The native libraries cannot be loaded.</summary>
public sealed class NativeTorchException(string message, Exception? inner = null) : Exception(message, inner);
