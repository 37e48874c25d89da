using System.Buffers.Binary;
using Serilog.Core;
using Sweep.GpuWorker.Devices;

[assembly: System.Runtime.Versioning.SupportedOSPlatform("linux")]

namespace Sweep.GpuWorker.Tests.Devices;

/// <summary>On a copy of the real library, brought back to how it was linked.</summary>
public sealed class OldStandardLibraryTests
{
    private const string Newest = "GLIBCXX_3.4.32";
    private static readonly byte[] Original = AsLinked(File.ReadAllBytes(Path.Combine(Torch.NativeDirectory, "libLibTorchSharp.so")));
    private static readonly HashSet<string> NewHost = [.. new ElfLibrary(Original).NeededVersions.Select(version => version.Name)];
    private static readonly HashSet<string> OldHost = [.. NewHost.Where(name => name != Newest)];

    [Fact]
    public void Where_the_host_has_the_version_nothing_is_mended() => Assert.Null(OldStandardLibrary.Missing(Original, NewHost));

    [Fact]
    public void Where_only_the_newest_version_is_missing_it_is_found_by_name()
    {
        var version = OldStandardLibrary.Missing(Original, OldHost);
        Assert.Equal(Newest, version?.Name);
        Assert.Equal("libstdc++.so.6", version?.Library);
    }

    [Fact]
    public void A_host_that_lacks_more_than_the_newest_version_is_left_alone() =>
        Assert.Null(OldStandardLibrary.Missing(Original, OldHost.Where(name => name != "GLIBCXX_3.4.30").ToHashSet()));

    [Fact]
    public void Mending_changes_one_byte_and_is_not_done_twice()
    {
        var mended = OldStandardLibrary.Weakened(Original, OldStandardLibrary.Missing(Original, OldHost)!);
        Assert.Equal(1, Original.Zip(mended).Count(pair => pair.First != pair.Second));
        Assert.Null(OldStandardLibrary.Missing(mended, OldHost));
        Assert.Equal([Newest], new ElfLibrary(mended).NeededVersions.Where(version => version.IsWeak).Select(version => version.Name));
    }

    [Fact]
    public void The_file_is_replaced_and_a_hard_link_to_the_old_one_keeps_its_content()
    {
        using var folder = new TemporaryFolder();
        var (cached, built) = (folder["cached.so"], folder["built.so"]);
        File.WriteAllBytes(cached, Original);
        Link(cached, built);
        var path = OldStandardLibrary.Mended(built, folder["cache"], OldHost, Logger.None);
        Assert.Equal(built, path);
        Assert.Equal(Original, File.ReadAllBytes(cached));
        Assert.Null(OldStandardLibrary.Missing(File.ReadAllBytes(built), OldHost));
        Assert.Equal(File.GetLastWriteTimeUtc(cached), File.GetLastWriteTimeUtc(built));
        Assert.Equal(2, Directory.GetFileSystemEntries(folder.Path).Length);
    }

    [Fact]
    public void In_a_read_only_folder_a_copy_in_the_cache_is_mended()
    {
        Assert.SkipWhen(Environment.IsPrivilegedProcess, "root may write to any folder");
        using var folder = new TemporaryFolder();
        var built = Path.Combine(Directory.CreateDirectory(folder["bin"]).FullName, "built.so");
        File.WriteAllBytes(built, Original);
        File.SetUnixFileMode(folder["bin"], UnixFileMode.UserRead | UnixFileMode.UserExecute);
        var path = OldStandardLibrary.Mended(built, folder["cache"], OldHost, Logger.None);
        File.SetUnixFileMode(folder["bin"], UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        Assert.StartsWith(folder["cache"], path, StringComparison.Ordinal);
        Assert.Equal(Original, File.ReadAllBytes(built));
    }

    [Fact]
    public void A_file_that_is_no_library_or_is_cut_short_is_refused()
    {
        Assert.Throws<InvalidDataException>(() => new ElfLibrary(new byte[100]));
        Assert.Throws<InvalidDataException>(() => new ElfLibrary(Original[..100_000]));
    }

    private static byte[] AsLinked(byte[] file)
    {
        foreach (var version in new ElfLibrary(file).NeededVersions)
            BinaryPrimitives.WriteUInt16LittleEndian(file.AsSpan(version.FlagsOffset), (ushort)(version.Flags & ~NeededVersion.Weak));
        return file;
    }

    private static void Link(string target, string link)
    {
        using var process = System.Diagnostics.Process.Start("ln", [target, link]);
        process.WaitForExit();
        Assert.Equal(0, process.ExitCode);
    }
}
