using System.Security.Cryptography;
using Sweep.GpuWorker.Data;
using Sweep.Shared;
using Sweep.Shared.Datasets;

namespace Sweep.GpuWorker.Tests.Data;

public sealed class DatasetStoreTests : IDisposable
{
    private static readonly CancellationToken Cancellation = TestContext.Current.CancellationToken;
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Digits_travel_inside_the_program()
    {
        var data = await new DatasetStore(Places()).LoadAsync(DatasetName.Digits, Cancellation);
        Assert.Equal((1_437, 360), (data.Train.Count, data.Test.Count));
        Assert.All(data.Train.Labels, label => Assert.InRange(label, 0, 9));
    }

    [Fact]
    public async Task Idx_files_are_found_in_a_folder_of_the_data_set_s_name()
    {
        WriteMnist(Path.Combine(_folder["data"], "mnist"));
        var data = await Offline().LoadAsync(DatasetName.Mnist, Cancellation);
        Assert.Equal((2, 1), (data.Train.Count, data.Test.Count));
    }

    [Fact]
    public async Task Files_that_may_be_another_data_set_s_are_not_taken()
    {
        WriteMnist(_folder["data"]);
        await Assert.ThrowsAsync<DatasetException>(() => Offline().LoadAsync(DatasetName.FashionMnist, Cancellation));
    }

    [Fact]
    public async Task A_folder_that_bears_the_data_set_s_name_may_be_the_data_folder_itself()
    {
        WriteMnist(_folder["mnist"]);
        var store = new DatasetStore(Places() with { DataDirectory = _folder["mnist"] }, null, _ => []);
        Assert.Equal(2, (await store.LoadAsync(DatasetName.Mnist, Cancellation)).Train.Count);
    }

    [Fact]
    public async Task An_archive_is_unpacked_once_and_then_read_from_the_cache()
    {
        WriteCifar(Directory.CreateDirectory(_folder["data"]).FullName);
        var first = await Offline().LoadAsync(DatasetName.Cifar100, Cancellation);
        var unpacked = Directory.GetFiles(_folder["cache"], "train.bin", SearchOption.AllDirectories).Single();
        File.WriteAllBytes(unpacked, [.. CifarArchiveTests.Image(0, 1, 2), .. CifarArchiveTests.Image(0, 1, 2)]);
        var second = await Offline().LoadAsync(DatasetName.Cifar100, Cancellation);
        Assert.Equal((1, 2), (first.Train.Count, second.Train.Count));
    }

    [Fact]
    public async Task Two_workers_at_once_both_get_the_data_set()
    {
        WriteCifar(Directory.CreateDirectory(_folder["data"]).FullName);
        var both = await Task.WhenAll(Enumerable.Range(0, 2).Select(_ => Task.Run(() => Offline().LoadAsync(DatasetName.Cifar100, Cancellation))));
        Assert.All(both, data => Assert.Equal(1, data.Train.Count));
    }

    [Fact]
    public async Task A_download_goes_on_where_the_connection_broke()
    {
        var archive = Archive();
        using var server = new LoopbackServer(archive, 1_000, 500);
        var progress = new List<long>();
        var store = new DatasetStore(Places(), report => progress.Add(report.Bytes), _ => [Remote(server, archive)]);
        Assert.Equal(1, (await store.LoadAsync(DatasetName.Cifar100, Cancellation)).Train.Count);
        Assert.Equal([0, 1_000, 1_500], server.Offsets);
        Assert.Equal(archive.Length, progress[^1]);
    }

    [Fact]
    public async Task A_connection_that_always_breaks_is_an_error_that_says_where_to_put_the_file()
    {
        var archive = Archive();
        using var server = new LoopbackServer(archive, 10, 10, 10);
        var store = new DatasetStore(Places(), null, _ => [Remote(server, archive)]);
        var failure = await Assert.ThrowsAsync<DatasetException>(() => store.LoadAsync(DatasetName.Cifar100, Cancellation));
        Assert.EndsWith("put it at " + Path.Combine(_folder["cache"], "cifar100", "cifar-100-binary.tar.gz"), failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_wrong_checksum_is_an_error_and_the_file_is_not_kept()
    {
        var archive = Archive();
        using var server = new LoopbackServer([.. archive, 0]);
        var store = new DatasetStore(Places(), null, _ => [Remote(server, archive)]);
        var failure = await Assert.ThrowsAsync<DatasetException>(() => store.LoadAsync(DatasetName.Cifar100, Cancellation));
        Assert.Contains("MD5", failure.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(Directory.GetFiles(_folder["cache"], "*", SearchOption.AllDirectories), file => file.Contains("tar.gz", StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_real_cifar_100_is_read_whole()
    {
        var places = DatasetPlaces.FromEnvironment();
        Assert.SkipUnless(
            places.DataDirectory is { } folder && File.Exists(Path.Combine(folder, "cifar-100-binary.tar.gz")),
            "SWEEP_DATA_DIR has no cifar-100-binary.tar.gz");
        var data = await new DatasetStore(places).LoadAsync(DatasetName.Cifar100, Cancellation);
        Assert.Equal((50_000, 10_000), (data.Train.Count, data.Test.Count));
        Assert.All(data.Train.Labels.CountBy(label => label), entry => Assert.Equal(500, entry.Value));
        var (measured, known) = (Normalization.Measure(data.Train), Normalization.Of(DatasetName.Cifar100));
        Assert.All(measured.Mean.Zip(known.Mean), pair => Assert.Equal(pair.Second, pair.First, 1e-4f));
        Assert.All(measured.Deviation.Zip(known.Deviation), pair => Assert.Equal(pair.Second, pair.First, 1e-4f));
    }

    [Fact]
    public async Task A_part_of_the_real_cifar_10_is_read()
    {
        var mini = Path.Combine(DatasetPlaces.FromEnvironment().DataDirectory ?? "", "cifar-10-mini");
        Assert.SkipUnless(Directory.Exists(mini), "SWEEP_DATA_DIR has no cifar-10-mini");
        var data = await new DatasetStore(Places() with { DataDirectory = mini }).LoadAsync(DatasetName.Cifar10, Cancellation);
        Assert.Equal((1_000, 200), (data.Train.Count, data.Test.Count));
    }

    private DatasetPlaces Places() => new(_folder["data"], _folder["cache"], _folder["system"]);

    private DatasetStore Offline() => new(Places(), null, _ => [new RemoteFile("file", new Uri("http://127.0.0.1:9/file"), "")]);

#pragma warning disable CA5351 // MD5 is what the authors publish.
    private static RemoteFile Remote(LoopbackServer server, byte[] content) =>
        new("cifar-100-binary.tar.gz", server.Address, Convert.ToHexStringLower(MD5.HashData(content)));
#pragma warning restore CA5351

    private static void WriteMnist(string folder)
    {
        Directory.CreateDirectory(folder);
        File.WriteAllBytes(Path.Combine(folder, "train-images-idx3-ubyte"), IdxFileTests.Images(2, 28, 28));
        File.WriteAllBytes(Path.Combine(folder, "train-labels-idx1-ubyte"), IdxFileTests.Labels(0, 9));
        File.WriteAllBytes(Path.Combine(folder, "t10k-images-idx3-ubyte"), IdxFileTests.Images(1, 28, 28));
        File.WriteAllBytes(Path.Combine(folder, "t10k-labels-idx1-ubyte"), IdxFileTests.Labels(5));
    }

    private static void WriteCifar(string folder)
    {
        var noise = CifarArchiveTests.Image(0, 5, 0);
        var random = new CounterRandom(1);
        for (var pixel = 2; pixel < noise.Length; pixel++) noise[pixel] = (byte)random.NextInt(256);
        TarGz.Write(
            Path.Combine(folder, "cifar-100-binary.tar.gz"),
            ("cifar-100-binary/train.bin", noise),
            ("cifar-100-binary/test.bin", noise));
    }

    private byte[] Archive()
    {
        WriteCifar(_folder.Path);
        var path = _folder["cifar-100-binary.tar.gz"];
        var archive = File.ReadAllBytes(path);
        File.Delete(path);
        return archive;
    }
}
