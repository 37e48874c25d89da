using System.Diagnostics;
using System.Globalization;
using System.Reflection;
using Sweep.GpuWorker.Devices;
using Sweep.Shared;
using Sweep.Shared.Datasets;
using Sweep.Shared.Models;

namespace Sweep.Bench.Training;

/// <summary>One side of the comparison: the worker.</summary>
internal static class WorkerSide
{
    /// <summary>Networks by name: what the comparison with PyTorch trains, and other layouts of blocks.</summary>
    public static readonly IReadOnlyDictionary<string, (ModelSettings Model, ImageShape Image)> Networks = new Dictionary<string, (ModelSettings, ImageShape)>
    {
        ["resnet20"] = (new(ModelFamily.Resnet, Blocks: [3, 3, 3], Widths: [16, 32, 64]), new(3, 32, 32)),
        ["mnist_cnn"] = (new(ModelFamily.MnistCnn), new(1, 28, 28)),
        ["basic [2, 2, 2, 2]"] = (new(ModelFamily.Resnet, Blocks: [2, 2, 2, 2], Widths: [16, 32, 64, 128]), new(3, 32, 32)),
        ["basic [3, 4, 6, 3]"] = (new(ModelFamily.Resnet, Blocks: [3, 4, 6, 3], Widths: [16, 32, 64, 128]), new(3, 32, 32)),
        ["bottleneck [2, 2, 2]"] = (
            new(ModelFamily.Resnet, BlockKind.Bottleneck, Blocks: [2, 2, 2], Widths: [16, 32, 64], Shortcut: ShortcutKind.Projection), new(3, 32, 32)),
    };

    /// <summary>With the libtorch of the worker's own output.</summary>
    public static ComputeDevice OpenDevice(int threads = 1)
    {
        var worker = typeof(WorkerSide).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(item => item.Key == "WorkerDirectory").Value!;
        NativeTorch.Load(Path.Combine(worker, "runtimes", "linux-x64", "native"));
        var device = ComputeDevice.Open(threads);
        device.EnterThread();
        return device;
    }

    /// <returns>Wall seconds and CPU seconds.</returns>
    public static string Run(string network, Precision precision, int count, int threads, bool channelsFirst)
    {
        OpenDevice(threads);
        var (model, image) = Networks[network];
        using var steps = new BareSteps(model, image, precision, channelsFirst);
        // The runtime compiles what is called often a second time, and takes as long as that for it.
        steps.Take(count);
        var process = Process.GetCurrentProcess();
        var cpu = process.TotalProcessorTime;
        var wall = steps.Take(count);
        process.Refresh();
        return string.Create(CultureInfo.InvariantCulture, $"{wall} {(process.TotalProcessorTime - cpu).TotalSeconds}");
    }
}
