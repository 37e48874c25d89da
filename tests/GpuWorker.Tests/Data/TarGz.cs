using System.Formats.Tar;
using System.IO.Compression;

namespace Sweep.GpuWorker.Tests.Data;

internal static class TarGz
{
    public static void Write(string path, params (string Name, byte[] Content)[] files)
    {
        using var file = File.Create(path);
        using var zip = new GZipStream(file, CompressionLevel.Fastest);
        using var tar = new TarWriter(zip, TarEntryFormat.Ustar);
        foreach (var (name, content) in files)
            tar.WriteEntry(new UstarTarEntry(TarEntryType.RegularFile, name) { DataStream = new MemoryStream(content) });
    }
}
