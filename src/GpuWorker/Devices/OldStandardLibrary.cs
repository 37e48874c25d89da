using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Serilog;

namespace Sweep.GpuWorker.Devices;

/// <summary>
/// Lets TorchSharp's native half load on hosts whose libstdc++ is one release too old (Debian 12, Ubuntu 22.04).
/// <para>
/// <c>libLibTorchSharp.so</c> was linked by GCC 13, which makes every C++ program ask for <c>GLIBCXX_3.4.32</c> on account of one
/// symbol that tells whether the standard streams are initialised. This library never uses the symbol, so the request
/// may be marked weak, and the loader then goes on without it. Nothing else in the file changes.
/// </para>
/// </summary>
internal static class OldStandardLibrary
{
    private const string LibraryName = "libstdc++.so.6";
    private const string Version = "GLIBCXX_3.4.32";
    private const string Symbol = "_ZSt21ios_base_library_initv";

    /// <summary>The path to load: <paramref name="path"/> itself, mended in place where the host needs it, or a mended copy where its folder is read-only.</summary>
    /// <param name="path">The library as built. It may be a hard link into the package cache: it is replaced, never written to.</param>
    /// <param name="cacheDirectory">Where a mended copy goes when the folder of <paramref name="path"/> cannot be written.</param>
    public static string Mended(string path, string cacheDirectory, ILogger log) => Mended(path, cacheDirectory, HostVersions(), log);

    /// <param name="hostVersions">What the host's libstdc++ offers.</param>
    internal static string Mended(string path, string cacheDirectory, IReadOnlySet<string> hostVersions, ILogger log)
    {
        var file = File.ReadAllBytes(path);
        if (Missing(file, hostVersions) is not { } version) return path;
        var mended = Weakened(file, version);
        var target = path;
        try
        {
            Replace(path, target, mended);
        }
        catch (Exception readOnly) when (readOnly is UnauthorizedAccessException or IOException)
        {
            var folder = Path.Combine(cacheDirectory, Convert.ToHexStringLower(SHA256.HashData(mended))[..16]);
            Directory.CreateDirectory(folder);
            target = Path.Combine(folder, Path.GetFileName(path));
            if (!File.Exists(target)) Replace(path, target, mended);
        }
        log.Information(
            "This host's {Library} lacks {Version}, which {Path} asks for and never uses: the request is now weak in {Target}",
            LibraryName, Version, path, target);
        return target;
    }

    /// <summary>The request to weaken; null where the host has the version, or where the file is not the build that this mends.</summary>
    internal static NeededVersion? Missing(byte[] file, IReadOnlySet<string> hostVersions)
    {
        var library = new ElfLibrary(file);
        var missing = library.NeededVersions
            .Where(version => version.Library == LibraryName && !version.IsWeak && !hostVersions.Contains(version.Name))
            .ToList();
        return missing is [{ Name: Version } only] && library.SymbolsOf(only) is [Symbol] && !library.Uses(only) ? only : null;
    }

    internal static byte[] Weakened(byte[] file, NeededVersion version)
    {
        var copy = file.ToArray();
        BinaryPrimitives.WriteUInt16LittleEndian(copy.AsSpan(version.FlagsOffset), (ushort)(version.Flags | NeededVersion.Weak));
        return copy;
    }

    /// <summary>Written aside and renamed, so that other workers, which may do the same now, see the old file or the new one, whole.</summary>
    private static void Replace(string original, string target, byte[] content)
    {
        var aside = $"{target}.{Environment.ProcessId}.{Guid.NewGuid():N}";
        try
        {
            using (var stream = new FileStream(aside, FileMode.CreateNew))
            {
                stream.Write(content);
                stream.Flush(flushToDisk: true);
            }
            if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(aside, File.GetUnixFileMode(original));
            // The build compares size and time: it keeps the mended file.
            File.SetLastWriteTimeUtc(aside, File.GetLastWriteTimeUtc(original));
            File.Move(aside, target, overwrite: true);
        }
        finally
        {
            File.Delete(aside);
        }
    }

    /// <summary>The versions that the libstdc++ in this process offers: .NET's own runtime has loaded it.</summary>
    private static IReadOnlySet<string> HostVersions()
    {
        NativeLibrary.Load(LibraryName);
        var path = File.ReadLines("/proc/self/maps")
            .Where(line => line.Contains("/libstdc++.so.6", StringComparison.Ordinal))
            .Select(line => line[line.IndexOf('/', StringComparison.Ordinal)..])
            .First();
        return ElfLibrary.Open(path).DefinedVersions;
    }
}
