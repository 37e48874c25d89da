namespace Sweep.GpuWorker.Data;

/// <summary>Where data sets are looked for, in this order.</summary>
/// <param name="DataDirectory">The person's own folder; null for none.</param>
/// <param name="CacheDirectory">Where downloads go, and what was unpacked.</param>
/// <param name="SystemDirectory">Where the system's packages put data sets, each in a folder of its name.</param>
public sealed record DatasetPlaces(string? DataDirectory, string CacheDirectory, string SystemDirectory)
{
    /// <summary>The person's folder is <c>SWEEP_DATA_DIR</c>, the cache <c>~/.cache/sweep</c>, the system's folder <c>/usr/share/datasets</c>.</summary>
    public static DatasetPlaces FromEnvironment() => new(
        Environment.GetEnvironmentVariable("SWEEP_DATA_DIR") is { Length: > 0 } folder ? Path.GetFullPath(folder) : null,
        Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".cache", "sweep"),
        "/usr/share/datasets");

    /// <summary>
    /// Folders that may hold the data set, best first. All of them bear its name, but those of archives, whose own names tell them
    /// apart: the files of MNIST and Fashion-MNIST are called the same, and one must never be taken for the other.
    /// </summary>
    /// <param name="fileName">What a sweep file calls the data set.</param>
    /// <param name="hasOwnName">Whether the files' names tell which data set they belong to.</param>
    internal IEnumerable<string> Folders(string fileName, bool hasOwnName)
    {
        if (DataDirectory is not null)
        {
            yield return Path.Combine(DataDirectory, fileName);
            if (hasOwnName || Path.GetFileName(Path.TrimEndingDirectorySeparator(DataDirectory)) == fileName) yield return DataDirectory;
        }
        yield return Path.Combine(CacheDirectory, fileName);
        yield return Path.Combine(SystemDirectory, fileName);
    }
}
