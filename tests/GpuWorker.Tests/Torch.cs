using System.Reflection;
using Sweep.GpuWorker.Devices;

[assembly: CollectionBehavior(DisableTestParallelization = true)]

namespace Sweep.GpuWorker.Tests;

/// <summary>Tests that compute share one libtorch, from the worker's output, with one thread: equal inputs then give equal bits.</summary>
public sealed class Torch
{
    public const string Collection = "torch";

    public static string WorkerDirectory { get; } = Metadata("WorkerDirectory");

    public static string Repository { get; } = Metadata("Repository");

    public static string NativeDirectory { get; } = Path.Combine(WorkerDirectory, "runtimes", "linux-x64", "native");

    public Torch()
    {
        NativeTorch.Load(NativeDirectory);
        Device = ComputeDevice.Open(threads: 1);
    }

    public ComputeDevice Device { get; }

    private static string Metadata(string key) =>
        typeof(Torch).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(attribute => attribute.Key == key).Value!;
}

[CollectionDefinition(Torch.Collection)]
public sealed class TorchTests : ICollectionFixture<Torch>;

internal static class TensorBits
{
    public static bool HasBitsOf(this TorchSharp.torch.Tensor tensor, TorchSharp.torch.Tensor other) => tensor.bytes.SequenceEqual(other.bytes);

    /// <summary>Every value equals the other's; memory may be in another order.</summary>
    public static bool HasValuesOf(this TorchSharp.torch.Tensor tensor, TorchSharp.torch.Tensor other) => tensor.eq(other).all().item<bool>();
}
