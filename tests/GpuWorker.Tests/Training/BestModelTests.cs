using Serilog;
using Serilog.Core;
using Serilog.Events;
using Sweep.GpuWorker.Formats;
using Sweep.GpuWorker.Models;
using Sweep.GpuWorker.Training;
using Sweep.Shared;
using Sweep.Shared.Datasets;
using Sweep.Shared.Models;
using Sweep.Shared.Protocol;

namespace Sweep.GpuWorker.Tests.Training;

[Collection(Torch.Collection)]
public sealed class BestModelTests : IDisposable
{
    private static readonly NetworkConfiguration Configuration = new(
        new DatasetSettings(DatasetName.Digits), new ModelSettings(ModelFamily.Resnet, Blocks: [1], Widths: [4]),
        new TrainingSettings(Epochs: 4), new AugmentationSettings());

    private readonly TemporaryFolder _run = new();
    private readonly Sink _sink = new();

    public void Dispose() => _run.Dispose();

    [Theory]
    [InlineData(ObjectiveMetric.ValidationAccuracy, 2)]
    [InlineData(ObjectiveMetric.ValidationLoss, 3)]
    [InlineData(ObjectiveMetric.TestAccuracy, 1)]
    [InlineData(ObjectiveMetric.TestLoss, 4)]
    public void The_first_epoch_that_is_best_by_the_objective_is_kept(ObjectiveMetric metric, int epoch)
    {
        var command = Command(_run.Path, metric);
        Consider(command,
            Report(1, (2, 0.5), (2, 0.9)), Report(2, (3, 0.7), (2, 0.8)), Report(3, (1, 0.6), (2, 0.9)), Report(4, (1, 0.7), (1, 0.9)),
            Report(5, (double.NaN, double.NaN), (double.NaN, double.NaN)));
        var (network, description) = ModelFile.Load(new AttemptFolder(_run.Path, command.Attempt).BestModel);
        network.Dispose();
        Assert.Equal(epoch, description.Epoch);
        Assert.Empty(_sink.Messages);
    }

    [Fact]
    public void A_run_folder_that_is_not_there_is_said_once_and_not_made()
    {
        Consider(Command(_run["elsewhere"]), Report(1, (2, 0.5), (2, 0.5)), Report(2, (1, 0.6), (1, 0.6)));
        Assert.Contains("shared storage", Assert.Single(_sink.Messages), StringComparison.Ordinal);
        Assert.False(Directory.Exists(_run["elsewhere"]));
    }

    [Fact]
    public void A_folder_that_cannot_be_written_is_said_once()
    {
        File.WriteAllText(_run["trials"], "in the way");
        Consider(Command(_run.Path), Report(1, (2, 0.5), (2, 0.5)), Report(2, (1, 0.6), (1, 0.6)));
        Assert.Single(_sink.Messages);
    }

    private void Consider(StartAttempt command, params EpochReport[] reports)
    {
        using var log = new LoggerConfiguration().WriteTo.Sink(_sink).CreateLogger();
        using var network = Network.Create(Configuration.Model, new ImageShape(1, 8, 8), 10, Precision.Float32, seed: 1);
        var best = new BestModel(command, log);
        foreach (var report in reports) best.Consider(network, report);
    }

    private static StartAttempt Command(string storage, ObjectiveMetric metric = ObjectiveMetric.ValidationAccuracy) => new(
        new AttemptId(new SweepId("s"), new TrialId(3), 2), Configuration, 1, 1, new Objective(metric), storage, 0, TimeSpan.FromMinutes(1));

    private static EpochReport Report(int epoch, (double Loss, double Accuracy) validation, (double Loss, double Accuracy) test) =>
        new(epoch, 1, 0.5, new Evaluation(validation.Loss, validation.Accuracy), new Evaluation(test.Loss, test.Accuracy), 0.1, 1, 100);

    private sealed class Sink : ILogEventSink
    {
        public List<string> Messages { get; } = [];

        public void Emit(LogEvent logEvent) => Messages.Add(logEvent.RenderMessage());
    }
}
