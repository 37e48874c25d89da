namespace Sweep.Shared;

/// <summary>Writes a file aside, flushes it to disk and renames it, so that a reader finds the old file or the new one, never a part.</summary>
public static class AtomicFile
{
    /// <param name="isDurable">False for what follows from something else: after a loss of power it may be an empty file.</param>
    public static void Write(string path, Action<Stream> write, bool isDurable = true)
    {
        var aside = path + ".partial";
        using (var stream = new FileStream(aside, FileMode.Create, FileAccess.Write, FileShare.None))
        {
            write(stream);
            stream.Flush(flushToDisk: isDurable);
        }
        File.Move(aside, path, overwrite: true);
    }
}
