using System.Diagnostics;
using System.Globalization;
using System.Reflection;
using System.Runtime.InteropServices;
using Sweep.Bench.Training;
using Sweep.Shared;

// A training step of the worker against PyTorch's: the same networks, 128 random images, one thread, SGD with momentum and weight decay.
// Sides take turns, each turn in a process of its own, so that a busy moment of the machine meets all of them.
//   bench-training [--rounds N]            the worker against PyTorch
//   bench-training --table STEPS           the worker alone: networks, layouts in memory, precisions, threads
//   bench-training --loop ROUNDS BATCHES   what the worker's loop costs around the bare step
//   bench-training --memory EPOCHS         resident memory and tensors, epoch by epoch
if (args is ["--side", var model, var precision, var steps, var threads, var layout])
{
    Console.WriteLine(WorkerSide.Run(model, Enum.Parse<Precision>(precision), int.Parse(steps), int.Parse(threads), layout == "first"));
    return 0;
}
if (args is ["--table", var tableSteps])
{
    Console.WriteLine(Machine());
    Console.WriteLine("\n| network | channels in memory | precision | threads | images/s | images per CPU-second |\n|---|---|---|---|---|---|");
    foreach (var name in WorkerSide.Networks.Keys)
        foreach (var order in new[] { "last", "first" })
            foreach (var type in new[] { Precision.Float32, Precision.BFloat16 })
                foreach (var count in new[] { 1, Environment.ProcessorCount }.Distinct())
                {
                    var side = new Side(name, Environment.ProcessPath!, ["--side", name, $"{type}", tableSteps, $"{count}", order], []);
                    side.Measure(int.Parse(tableSteps) * BareSteps.Images, count);
                    Console.WriteLine($"| {name} | {order} | {type} | {count} | {side.Wall:N0} | {side.Cpu:N0} |");
                }
    return 0;
}
if (args is ["--loop", var loopRounds, var batches])
{
    LoopCost.Compare(int.Parse(loopRounds), int.Parse(batches));
    return 0;
}
if (args is ["--memory", var epochs])
{
    LoopCost.Memory(int.Parse(epochs));
    return 0;
}

const string Python = "/usr/bin/python3";
var rounds = args is ["--rounds", var given] ? int.Parse(given) : 5;
var self = Environment.ProcessPath!;
var script = Path.Combine(Metadata("SourceDirectory"), "pytorch_step.py");
// The settings with which glibc keeps freed memory: the best that can be done for PyTorch from outside.
Dictionary<string, string> keepMemory = new()
{
    ["MALLOC_TRIM_THRESHOLD_"] = "8000000000",
    ["MALLOC_MMAP_MAX_"] = "0",
    ["MALLOC_TOP_PAD_"] = "268435456",
};
Console.WriteLine(Machine());
Console.WriteLine();
Console.WriteLine("| network | side | images/s, median of rounds | images per CPU-second | over PyTorch untuned | over PyTorch tuned |");
Console.WriteLine("|---|---|---|---|---|---|");
var versions = "";
foreach (var (network, count) in new[] { ("resnet20", 40), ("mnist_cnn", 600) })
{
    Side[] sides =
    [
        new("PyTorch, untuned", Python, [script, network, $"{count}", "nchw"], []),
        new("PyTorch, channels-last, memory kept", Python, [script, network, $"{count}", "channels_last"], keepMemory),
        new("Sweep, float32", self, ["--side", network, $"{Precision.Float32}", $"{count}", "1", "last"], []),
        new("Sweep, bfloat16", self, ["--side", network, $"{Precision.BFloat16}", $"{count}", "1", "last"], []),
    ];
    for (var round = 0; round < rounds; round++)
        foreach (var side in sides) side.Measure(count * BareSteps.Images);
    versions = sides[0].Version;
    var (untuned, tuned) = (sides[0].Cpu, sides[1].Cpu);
    foreach (var side in sides)
        Console.WriteLine($"| {network} | {side.Name} | {side.Wall:N0} | {side.Cpu:N0} | {side.Cpu / untuned:0.00} | {side.Cpu / tuned:0.00} |");
}
Console.WriteLine();
// Without OpenBLAS, Debian's PyTorch is a weak opponent: the table must say which one it met.
Console.WriteLine(versions);
return 0;

static string Machine() =>
    $"{CpuName()}, {Environment.ProcessorCount} cores, {RuntimeInformation.OSDescription}, .NET {Environment.Version}, TorchSharp {typeof(TorchSharp.torch).Assembly.GetName().Version}";

static string CpuName() => File.ReadLines("/proc/cpuinfo").First(line => line.StartsWith("model name", StringComparison.Ordinal)).Split(": ")[1];

static string Metadata(string key) =>
    typeof(WorkerSide).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(item => item.Key == key).Value!;

/// <summary>A program that prints wall and CPU seconds of its steps, and what it measured so far.</summary>
internal sealed record Side(string Name, string Program, string[] Arguments, Dictionary<string, string> Variables)
{
    private readonly List<(double Wall, double Cpu)> _rates = [];

    /// <summary>Images a second, median over rounds.</summary>
    public double Wall => Median(_rates.Select(rate => rate.Wall));

    /// <summary>Images a second of processor time, median over rounds: what other processes do matters less to it.</summary>
    public double Cpu => Median(_rates.Select(rate => rate.Cpu));

    /// <summary>What computed, in its own words; empty where it has none.</summary>
    public string Version { get; private set; } = "";

    public void Measure(int images, int threads = 1)
    {
        var start = new ProcessStartInfo(Program, Arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["OMP_NUM_THREADS"] = $"{threads}";
        foreach (var (variable, value) in Variables) start.Environment[variable] = value;
        using var process = Process.Start(start)!;
        var error = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        if (process.ExitCode != 0) throw new InvalidOperationException($"{Name}: {error.Result}");
        var fields = output.Split(' ', 3, StringSplitOptions.TrimEntries);
        Version = fields.ElementAtOrDefault(2) ?? "";
        _rates.Add((images / double.Parse(fields[0], CultureInfo.InvariantCulture), images / double.Parse(fields[1], CultureInfo.InvariantCulture)));
    }

    private static double Median(IEnumerable<double> values)
    {
        var sorted = values.Order().ToList();
        return sorted[sorted.Count / 2];
    }
}
