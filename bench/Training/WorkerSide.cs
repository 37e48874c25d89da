using System.Diagnostics;
using System.Globalization;
using System.Reflection;
using Sweep.GpuWorker.Devices;
using Sweep.GpuWorker.Models;
using Sweep.GpuWorker.Training;
using Sweep.Shared;
using Sweep.Shared.Datasets;
using Sweep.Shared.Models;
using TorchSharp;

namespace Sweep.Bench.Training;

/// <summary>The worker's own network, optimiser and step, on random images that lie as its loader lays them: channels last.</summary>
internal static class WorkerSide
{
    private const int Images = 128;
    private const int WarmUp = 3;

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
    public static string Run(string model, Precision precision, int steps)
    {
        OpenDevice();
        var (settings, shape) = model == "mnist_cnn"
            ? (new ModelSettings(ModelFamily.MnistCnn), new ImageShape(1, 28, 28))
            : (new ModelSettings(ModelFamily.Resnet, Blocks: [3, 3, 3], Widths: [16, 32, 64]), new ImageShape(3, 32, 32));
        using var network = Network.Create(settings, shape, 10, precision, seed: 1);
        using var optimizer = Optimizers.Create(network, new TrainingSettings(1, LearningRate: 0.01));
        using var images = torch.randn(Images, shape.Height, shape.Width, shape.Channels).permute(0, 3, 1, 2);
        using var labels = torch.randint(0, 10, [Images], torch.ScalarType.Int64);
        network.train();
        for (var step = 0; step < WarmUp; step++) Step();
        var process = Process.GetCurrentProcess();
        var (wall, cpu) = (Stopwatch.StartNew(), process.TotalProcessorTime);
        for (var step = 0; step < steps; step++) Step();
        var elapsed = wall.Elapsed.TotalSeconds;
        process.Refresh();
        return string.Create(CultureInfo.InvariantCulture, $"{elapsed} {(process.TotalProcessorTime - cpu).TotalSeconds}");

        void Step()
        {
            using var scope = torch.NewDisposeScope();
            TrainingStep.Take(network, optimizer, images, labels);
        }
    }
}
