using System.Globalization;
using System.Text.Json;
using Sweep.GpuWorker.Data;
using Sweep.GpuWorker.Formats;
using Sweep.GpuWorker.Models;
using Sweep.GpuWorker.Tests.Commands;
using Sweep.GpuWorker.Training;
using Sweep.Shared;
using Sweep.Shared.Datasets;
using Sweep.Shared.Models;
using TorchSharp;

namespace Sweep.GpuWorker.Tests.Formats;

/// <summary>What <c>docs/python.md</c> promises, done with the system's own Python and PyTorch.</summary>
[Collection(Torch.Collection)]
public sealed class PythonTests(Torch torchFixture) : IDisposable
{
    private const string Python = "/usr/bin/python3";
    private static readonly string Examples = Path.Combine(Torch.Repository, "examples", "python");

    private readonly TemporaryFolder _folder = new();

    private string FilePath => _folder["best.safetensors"];

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("sweep_model.py")]
    [InlineData("score_digits.py")]
    public void The_document_shows_the_scripts_as_they_are(string script) => Assert.Contains(
        $"```python\n{File.ReadAllText(Path.Combine(Examples, script))}```", File.ReadAllText(Path.Combine(Torch.Repository, "docs", "python.md")), StringComparison.Ordinal);

    [Fact]
    public async Task PyTorch_scores_a_trained_model_as_the_worker_does()
    {
        await SkipWithoutPyTorchAsync();
        var report = TrainOnDigits();
        var ours = await ProcessRun.WorkerAsync("evaluate", "--model-file", FilePath, "--dataset", "digits", "--threads", "1", "--batch-size", "100");
        Assert.Equal((0, ""), (ours.ExitCode, ours.Error));
        var theirs = await ProcessRun.StartAsync(Python, Path.Combine(Examples, "score_digits.py"), FilePath);
        Assert.Equal((0, ""), (theirs.ExitCode, theirs.Error));
        Assert.Equal(ours.Lines[1..], theirs.Lines[1..]);
        Assert.Equal(Value(ours.Lines[0]), Value(theirs.Lines[0]), 1e-5);
        Assert.Equal(report.Test!.Accuracy!.Value, Value(ours.Lines[1]), 1e-9);
        Assert.Equal("images 360", ours.Lines[2]);

        static double Value(string line) => double.Parse(line.Split(' ')[1], CultureInfo.InvariantCulture);
    }

    [Theory]
    [InlineData(ModelFamily.Resnet, BlockKind.Basic, ShortcutKind.IdentityPadding)]
    [InlineData(ModelFamily.Resnet, BlockKind.Basic, ShortcutKind.Projection)]
    [InlineData(ModelFamily.Resnet, BlockKind.Bottleneck, ShortcutKind.IdentityPadding)]
    [InlineData(ModelFamily.Resnet, BlockKind.Bottleneck, ShortcutKind.Projection)]
    [InlineData(ModelFamily.MnistCnn, BlockKind.Basic, ShortcutKind.IdentityPadding)]
    public async Task PyTorch_computes_the_same_logits_from_every_kind_of_model(ModelFamily family, BlockKind block, ShortcutKind shortcut)
    {
        await SkipWithoutPyTorchAsync();
        var expected = SaveModelAndImages(new ModelSettings(family, block, shortcut, [1, 2, 1], [4, 6, 12]));
        var run = await ProcessRun.StartAsync(Python, "-c", $"""
            import sys; sys.path.insert(0, "{Examples}")
            from sweep_model import load, read_safetensors
            network, about = load("{FilePath}")
            images = read_safetensors("{_folder["images"]}")[0]["images"]
            print(network(images).flatten().tolist())
            """);
        Assert.True(run.ExitCode == 0, run.Error);
        var logits = JsonSerializer.Deserialize<double[]>(run.Output)!;
        Assert.Equal(160, logits.Length);
        Assert.All(expected.Zip(logits), pair => Assert.Equal(pair.First, pair.Second, 1e-5 * Math.Max(1, Math.Abs(pair.First))));
    }

    /// <summary>
    /// The logits of an untrained network, which goes to <see cref="FilePath"/>, on images, which go beside it. Whether gradients are kept belongs to
    /// the thread, and a test that awaits can end on another one: hence no awaiting in here.
    /// </summary>
    private float[] SaveModelAndImages(ModelSettings model)
    {
        var configuration = new NetworkConfiguration(
            new DatasetSettings(DatasetName.FashionMnist), model,
            new TrainingSettings(Epochs: 1), new AugmentationSettings());
        using var scope = torch.NewDisposeScope();
        using var noGradients = torch.no_grad();
        using var network = Network.Create(configuration.Model, new ImageShape(1, 28, 28), 10, Precision.Float32, seed: 1);
        // Digits, enlarged to the size of the other data set's images.
        var digits = DigitsDataset.Read().Test;
        var pixels = torch.tensor(digits.Pixels[..(16 * 64)].Select(pixel => pixel / 255f).ToArray(), [16, 1, 8, 8]);
        var images = torch.nn.functional.interpolate(pixels, [28, 28]);
        // Once in training mode: batch statistics that are neither 0 nor 1.
        network.train();
        network.call(images);
        network.eval();
        var logits = network.call(images).data<float>().ToArray();
        ModelFile.Save(FilePath, network, ModelDescription.Of(
            new AttemptId(new SweepId("s"), new TrialId(1), 1), configuration, new EpochReport(1, 1, 1, null, new Evaluation(1, 0.5), 0.1, 1, 1)));
        Safetensors.Write(_folder["images"], new Dictionary<string, torch.Tensor> { ["images"] = images }, new Dictionary<string, string>());
        return logits;
    }

    private EpochReport TrainOnDigits()
    {
        var configuration = new NetworkConfiguration(
            new DatasetSettings(DatasetName.Digits), new ModelSettings(ModelFamily.Resnet, Shortcut: ShortcutKind.Projection, Blocks: [1, 1], Widths: [8, 16]),
            new TrainingSettings(Epochs: 1, BatchSize: 64), new AugmentationSettings());
        using var trainer = new Trainer(configuration, DigitsDataset.Read(), seed: 1, dataSeed: 1, torchFixture.Device);
        var report = trainer.RunEpoch(1, _ => { }, CancellationToken.None);
        ModelFile.Save(FilePath, trainer.Network, ModelDescription.Of(new AttemptId(new SweepId("s"), new TrialId(1), 1), configuration, report));
        return report;
    }

    private static async Task SkipWithoutPyTorchAsync()
    {
        var hasTorch = File.Exists(Python) && (await ProcessRun.StartAsync(Python, "-c", "import torch")).ExitCode == 0;
        Assert.SkipUnless(hasTorch, $"{Python} has no PyTorch (Debian: python3-torch)");
    }
}
