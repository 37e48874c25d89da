using System.Security.Cryptography;
using System.Text;
using Sweep.Shared.Datasets;

namespace Sweep.GpuWorker.Data;

/// <summary>
/// Finds a data set on this machine, or downloads it, and reads it. Several workers may do so at once:
/// each thing is downloaded and unpacked by one of them, and the others wait.
/// </summary>
public sealed class DatasetStore
{
    private readonly DatasetPlaces _places;
    private readonly Action<DownloadProgress> _progress;
    private readonly Func<DatasetName, IReadOnlyList<RemoteFile>> _sources;

    /// <param name="progress">Is told of downloads, on any thread; default: nobody is.</param>
    /// <param name="mayDownload">False where a data set that is nowhere is an error.</param>
    public DatasetStore(DatasetPlaces places, Action<DownloadProgress>? progress = null, bool mayDownload = true)
        : this(places, progress, mayDownload ? DatasetSource.Of : name => throw new DatasetException(
            $"{name}: it is neither in SWEEP_DATA_DIR nor in {places.CacheDirectory}; gpu-worker fetch downloads it"))
    {
    }

    internal DatasetStore(DatasetPlaces places, Action<DownloadProgress>? progress, Func<DatasetName, IReadOnlyList<RemoteFile>> sources) =>
        (_places, _progress, _sources) = (places, progress ?? (_ => { }), sources);

    /// <exception cref="DatasetException">It is nowhere and cannot be downloaded, or is damaged; the message says which file to put where.</exception>
    public async Task<Dataset> LoadAsync(DatasetName name, CancellationToken cancellation)
    {
        try
        {
            return name switch
            {
                DatasetName.Digits => DigitsDataset.Read(),
                DatasetName.Mnist or DatasetName.FashionMnist => await LoadIdxAsync(DatasetFacts.Of(name), cancellation).ConfigureAwait(false),
                DatasetName.Cifar10 or DatasetName.Cifar100 => await LoadCifarAsync(DatasetFacts.Of(name), cancellation).ConfigureAwait(false),
                _ => throw new ArgumentOutOfRangeException(nameof(name), name, null),
            };
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new DatasetException($"{name}: {failure.Message} The cache is {_places.CacheDirectory}: it must be writable, with room to spare", failure);
        }
    }

    private async Task<Dataset> LoadIdxAsync(DatasetFacts facts, CancellationToken cancellation)
    {
        var folder = _places.Folders(facts.FileName, hasOwnName: false).FirstOrDefault(HasIdxFiles)
            ?? await DownloadAsync(facts, cancellation).ConfigureAwait(false);
        return new Dataset(facts, Read(DatasetSource.Train, facts.TrainImages), Read(DatasetSource.Test, facts.TestImages));

        ImageSet Read((string Images, string Labels) names, int most) =>
            IdxFile.Read(IdxPath(folder, names.Images)!, IdxPath(folder, names.Labels)!, facts.Image, facts.Classes, most);
    }

    private static bool HasIdxFiles(string folder) =>
        new[] { DatasetSource.Train.Images, DatasetSource.Train.Labels, DatasetSource.Test.Images, DatasetSource.Test.Labels }
            .All(file => IdxPath(folder, file) is not null);

    /// <summary>The file, plain or gzipped; null where neither is there.</summary>
    private static string? IdxPath(string folder, string file) =>
        new[] { Path.Combine(folder, file), Path.Combine(folder, file + ".gz") }.FirstOrDefault(File.Exists);

    private async Task<Dataset> LoadCifarAsync(DatasetFacts facts, CancellationToken cancellation)
    {
        var archive = CifarArchive.Of(facts.Name);
        foreach (var folder in _places.Folders(facts.FileName, hasOwnName: true))
        {
            if (new[] { folder, Path.Combine(folder, archive.FolderName) }.FirstOrDefault(archive.IsUnpackedIn) is { } unpacked)
                return archive.ReadFolder(unpacked);
            var path = Path.Combine(folder, archive.ArchiveName);
            if (File.Exists(path)) return await ReadPackedAsync(archive, path, cancellation).ConfigureAwait(false);
        }
        var downloaded = Path.Combine(await DownloadAsync(facts, cancellation).ConfigureAwait(false), archive.ArchiveName);
        return await ReadPackedAsync(archive, downloaded, cancellation).ConfigureAwait(false);
    }

    /// <summary>
    /// Unpacks the archive into the cache, once: reading it packed would cost every worker seconds at every start.
    /// The folder's name follows the archive's path, size and time, so that another archive is another folder.
    /// </summary>
    private async Task<Dataset> ReadPackedAsync(CifarArchive archive, string path, CancellationToken cancellation)
    {
        var file = new FileInfo(path);
        var key = SHA256.HashData(Encoding.UTF8.GetBytes($"{file.FullName}\n{file.Length}\n{file.LastWriteTimeUtc.Ticks}"));
        var folder = Path.Combine(_places.CacheDirectory, "unpacked", $"{archive.FolderName}-{Convert.ToHexStringLower(key)[..12]}");
        if (!archive.IsUnpackedIn(folder))
        {
            using var held = await FolderLock.AcquireAsync(folder + ".lock", cancellation).ConfigureAwait(false);
            if (!archive.IsUnpackedIn(folder)) UnpackWhole(archive, path, folder);
        }
        return archive.ReadFolder(folder);
    }

    /// <summary>Unpacked aside and renamed: nobody ever sees half of it.</summary>
    private static void UnpackWhole(CifarArchive archive, string path, string folder)
    {
        var aside = folder + ".part";
        if (Directory.Exists(aside)) Directory.Delete(aside, recursive: true);
        Directory.CreateDirectory(aside);
        archive.Unpack(path, aside);
        if (Directory.Exists(folder)) Directory.Delete(folder, recursive: true);
        Directory.Move(aside, folder);
    }

    /// <returns>The folder with the files.</returns>
    private async Task<string> DownloadAsync(DatasetFacts facts, CancellationToken cancellation)
    {
        var files = _sources(facts.Name);
        var folder = Path.Combine(_places.CacheDirectory, facts.FileName);
        using var held = await FolderLock.AcquireAsync(folder + ".lock", cancellation).ConfigureAwait(false);
        using var download = new Download(_progress);
        foreach (var file in files) await download.FetchAsync(file, folder, cancellation).ConfigureAwait(false);
        return folder;
    }
}

/// <summary>Keeps the data set that was read last: the attempts of a sweep use one and the same.</summary>
/// <remarks>Not for two threads at once: a worker runs one attempt at a time.</remarks>
public sealed class DatasetCache(DatasetStore store)
{
    private Dataset? _last;

    /// <summary>Blocks until the data set is read. <inheritdoc cref="DatasetStore.LoadAsync"/></summary>
    /// <exception cref="DatasetException">It cannot be had.</exception>
    public Dataset Get(DatasetName name, CancellationToken cancellation = default)
    {
        if (_last?.Facts.Name != name) _last = store.LoadAsync(name, cancellation).GetAwaiter().GetResult();
        return _last;
    }
}
