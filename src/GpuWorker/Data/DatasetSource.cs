using Sweep.Shared.Datasets;

namespace Sweep.GpuWorker.Data;

/// <summary>One file that a data set's authors offer.</summary>
/// <param name="Md5">Hexadecimal; guards against damage, not against forgery.</param>
internal sealed record RemoteFile(string Name, Uri Address, string Md5);

/// <summary>Where a data set is to be had.</summary>
internal static class DatasetSource
{
    private const string Cifar = "https://www.cs.toronto.edu/~kriz/";
    private const string Mnist = "https://ossci-datasets.s3.amazonaws.com/mnist/";
    private const string Fashion = "http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/";

    /// <summary>Images and labels of an IDX data set, without the <c>.gz</c> that the offered files have.</summary>
    public static readonly (string Images, string Labels) Train = ("train-images-idx3-ubyte", "train-labels-idx1-ubyte");

    public static readonly (string Images, string Labels) Test = ("t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte");

    /// <summary>The files as offered; none for a data set that travels inside the program.</summary>
    public static IReadOnlyList<RemoteFile> Of(DatasetName name) => name switch
    {
        DatasetName.Digits => [],
        DatasetName.Cifar10 => [File(Cifar, "cifar-10-binary.tar.gz", "c32a1d4ab5d03f1284b67883e8d87530")],
        DatasetName.Cifar100 => [File(Cifar, "cifar-100-binary.tar.gz", "03b5dce01913d631647c71ecec9e9cb8")],
        DatasetName.Mnist =>
        [
            File(Mnist, $"{Train.Images}.gz", "f68b3c2dcbeaaa9fbdd348bbdeb94873"),
            File(Mnist, $"{Train.Labels}.gz", "d53e105ee54ea40749a09fcbcd1e9432"),
            File(Mnist, $"{Test.Images}.gz", "9fb629c4189551a2d022fa330f9573f3"),
            File(Mnist, $"{Test.Labels}.gz", "ec29112dd5afa0611ce80d1b7f02629c"),
        ],
        DatasetName.FashionMnist =>
        [
            File(Fashion, $"{Train.Images}.gz", "8d4fb7e6c68d591d4c3dfef9ec88bf0d"),
            File(Fashion, $"{Train.Labels}.gz", "25c81989df183df01b3e8a0aad5dffbe"),
            File(Fashion, $"{Test.Images}.gz", "bef4ecab320f06d8554ea6380940ec79"),
            File(Fashion, $"{Test.Labels}.gz", "bb300cfdad3c16e7a12a480ee83cd310"),
        ],
        _ => throw new ArgumentOutOfRangeException(nameof(name), name, null),
    };

    private static RemoteFile File(string address, string name, string md5) => new(name, new Uri(address + name), md5);
}
