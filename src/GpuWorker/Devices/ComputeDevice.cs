using Sweep.Shared.Protocol;
using TorchSharp;

namespace Sweep.GpuWorker.Devices;

/// <summary>What the worker computes on: the first visible NVIDIA GPU, else the CPU.</summary>
public sealed class ComputeDevice
{
    private readonly string _name;
    private readonly long _memoryBytes;

    private ComputeDevice(torch.Device device, int threads, string name, long memoryBytes) =>
        (Torch, Threads, _name, _memoryBytes) = (device, threads, name, memoryBytes);

    public torch.Device Torch { get; }

    /// <summary>OpenMP threads that an operation on the CPU uses.</summary>
    public int Threads { get; }

    /// <summary>Computes in bfloat16 itself; where it does not, libtorch computes in float32 and rounds: as exact, but slower than float32.</summary>
    public bool HasBFloat16 { get; private init; } = true;

    public bool IsCuda => Torch.type == DeviceType.CUDA;

    /// <summary>Loads libtorch, unless it is loaded, and chooses.</summary>
    /// <param name="threads">OpenMP threads, at least 1: the machine's cores over its workers. Default: all cores.</param>
    /// <exception cref="NativeTorchException">libtorch does not load.</exception>
    public static ComputeDevice Open(int? threads = null)
    {
        NativeTorch.Load();
        var count = threads ?? Environment.ProcessorCount;
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1, nameof(threads));
        torch.set_num_threads(count);
        return torch.cuda.is_available() ? Cuda(count) : Cpu(count);
    }

    public DeviceDescription Describe() => new(_name, Threads, _memoryBytes, Environment.ProcessorCount);

    /// <summary>To be called on each thread that computes: OpenMP keeps its thread count per thread.</summary>
    public void EnterThread() => torch.set_num_threads(Threads);

    private static ComputeDevice Cpu(int threads) =>
        new(torch.CPU, threads, threads == 1 ? "CPU, 1 thread" : $"CPU, {threads} threads", GC.GetGCMemoryInfo().TotalAvailableMemoryBytes)
        {
            HasBFloat16 = CpuFlags.Contain("avx512_bf16", "amx_bf16", "bf16"),
        };

    private static ComputeDevice Cuda(int threads)
    {
        // 19-bit products, as PyTorch's convolutions have by default: up to eight times faster from the A100 on.
        torch.backends.cuda.matmul.allow_tf32 = true;
        torch.backends.cudnn.allow_tf32 = true;
        var (name, memoryBytes) = NvidiaSmi.FirstVisible() ?? ("NVIDIA GPU", 0);
        return new ComputeDevice(torch.CUDA, threads, $"{name} (cuda:0)", memoryBytes);
    }
}
