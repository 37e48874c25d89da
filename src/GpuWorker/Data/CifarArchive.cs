using System.Formats.Tar;
using System.IO.Compression;
using Sweep.Shared.Datasets;

namespace Sweep.GpuWorker.Data;

/// <summary>
/// CIFAR-10 and CIFAR-100 in the official binary format (Krizhevsky 2009): records of one or two label bytes and 3,072 pixel bytes,
/// red, green, blue, each row by row. CIFAR-100's first label is the coarse one, which is not used.
/// </summary>
public sealed class CifarArchive
{
    private static readonly CifarArchive Cifar10 = new(
        DatasetName.Cifar10, "cifar-10-binary.tar.gz", "cifar-10-batches-bin",
        [.. Enumerable.Range(1, 5).Select(part => $"data_batch_{part}.bin")], "test_batch.bin", labelBytes: 1);

    private static readonly CifarArchive Cifar100 = new(
        DatasetName.Cifar100, "cifar-100-binary.tar.gz", "cifar-100-binary", ["train.bin"], "test.bin", labelBytes: 2);

    private readonly DatasetFacts _facts;
    private readonly string[] _trainFiles;
    private readonly string _testFile;
    private readonly int _labelBytes;

    private CifarArchive(DatasetName name, string archiveName, string folderName, string[] trainFiles, string testFile, int labelBytes)
    {
        _facts = DatasetFacts.Of(name);
        (ArchiveName, FolderName) = (archiveName, folderName);
        (_trainFiles, _testFile, _labelBytes) = (trainFiles, testFile, labelBytes);
    }

    public static CifarArchive Of(DatasetName name) => name switch
    {
        DatasetName.Cifar10 => Cifar10,
        DatasetName.Cifar100 => Cifar100,
        _ => throw new ArgumentOutOfRangeException(nameof(name), name, "no CIFAR"),
    };

    /// <summary>The file that the authors offer.</summary>
    public string ArchiveName { get; }

    /// <summary>The folder inside it.</summary>
    public string FolderName { get; }

    private IEnumerable<string> Files => _trainFiles.Append(_testFile);

    /// <summary>Whether <paramref name="folder"/> has all the unpacked files.</summary>
    public bool IsUnpackedIn(string folder) => Files.All(file => File.Exists(Path.Combine(folder, file)));

    /// <summary>Reads the unpacked files.</summary>
    /// <exception cref="DatasetException">A file is missing or damaged; names file, offset and expectation.</exception>
    public Dataset ReadFolder(string folder) =>
        new(_facts, ReadPart(folder, _trainFiles, _facts.TrainImages), ReadPart(folder, [_testFile], _facts.TestImages));

    /// <summary>Unpacks the files that count, flat, into <paramref name="folder"/>, which exists.</summary>
    /// <exception cref="DatasetException">The archive is damaged or lacks a file.</exception>
    public void Unpack(string archivePath, string folder)
    {
        try
        {
            using var file = File.OpenRead(archivePath);
            using var plain = new GZipStream(file, CompressionMode.Decompress);
            using var tar = new TarReader(plain);
            var wanted = Files.ToHashSet();
            while (wanted.Count > 0 && tar.GetNextEntry() is { } entry)
            {
                var name = Path.GetFileName(entry.Name);
                if (entry.DataStream is null || !wanted.Remove(name)) continue;
                entry.ExtractToFile(Path.Combine(folder, name), overwrite: true);
            }
            if (wanted.Count > 0) throw new DatasetException($"{archivePath}: lacks {string.Join(", ", wanted)}");
        }
        catch (Exception failure) when (failure is InvalidDataException or IOException or UnauthorizedAccessException or FormatException)
        {
            throw new DatasetException($"{archivePath}: cannot be unpacked: {failure.Message}", failure);
        }
    }

    /// <param name="most">Images of the official part; fewer are fine, more are not.</param>
    private ImageSet ReadPart(string folder, string[] names, int most)
    {
        var record = _labelBytes + _facts.Image.Pixels;
        var files = names.Select(name => ReadRecords(Path.Combine(folder, name), record, most / names.Length)).ToList();
        var count = files.Sum(file => file.Length / record);
        var pixels = new byte[count * _facts.Image.Pixels];
        var labels = new long[count];
        var image = 0;
        foreach (var (file, name) in files.Zip(names))
            for (var offset = 0; offset < file.Length; offset += record, image++)
            {
                var label = file[offset + _labelBytes - 1];
                if (label >= _facts.Classes)
                    throw new DatasetException(
                        $"{Path.Combine(folder, name)}: offset {offset + _labelBytes - 1}: label {label}, expected one below {_facts.Classes}");
                labels[image] = label;
                file.AsSpan(offset + _labelBytes, _facts.Image.Pixels).CopyTo(pixels.AsSpan(image * _facts.Image.Pixels));
            }
        return new ImageSet(_facts.Image, pixels, labels);
    }

    private static byte[] ReadRecords(string path, int record, int most)
    {
        try
        {
            var length = new FileInfo(path).Length;
            if (length == 0 || length % record != 0)
                throw new DatasetException(
                    $"{path}: ends at offset {length}, in the middle of record {length / record + 1}; expected whole records of {record} bytes");
            if (length / record > most)
                throw new DatasetException($"{path}: goes on at offset {(long)most * record}, expected at most {most} records of {record} bytes");
            return File.ReadAllBytes(path);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new DatasetException($"{path}: {failure.Message}", failure);
        }
    }
}
