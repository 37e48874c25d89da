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
    /// <summary>One thread, with the libtorch of the worker's own output.</summary>
    public static ComputeDevice OpenDevice()
    {
        var worker = typeof(WorkerSide).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(item => item.Key == "WorkerDirectory").Value!;
        NativeTorch.Load(Path.Combine(worker, "runtimes", "linux-x64", "native"));
        var device = ComputeDevice.Open(threads: 1);
        device.EnterThread();
        return device;
    }

    /// <returns>Wall seconds and CPU seconds.</returns>
    public static string Run(string model, Precision precision, int count)
    {
        OpenDevice();
        var (settings, shape) = model == "mnist_cnn"
            ? (new ModelSettings(ModelFamily.MnistCnn), new ImageShape(1, 28, 28))
            : (new ModelSettings(ModelFamily.Resnet, Blocks: [3, 3, 3], Widths: [16, 32, 64]), new ImageShape(3, 32, 32));
        using var steps = new BareSteps(settings, shape, precision);
        // The runtime compiles what is called often a second time, and takes as long as that for it.
        steps.Take(count);
        var process = Process.GetCurrentProcess();
        var cpu = process.TotalProcessorTime;
        var wall = steps.Take(count);
        process.Refresh();
        return string.Create(CultureInfo.InvariantCulture, $"{wall} {(process.TotalProcessorTime - cpu).TotalSeconds}");
    }
}
