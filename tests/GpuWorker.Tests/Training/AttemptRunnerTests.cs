using System.Runtime.InteropServices;
using Microsoft.Extensions.Time.Testing;
using Sweep.GpuWorker.Data;
using Sweep.GpuWorker.Devices;
using Sweep.GpuWorker.Formats;
using Sweep.GpuWorker.Training;
using Sweep.Shared;
using Sweep.Shared.Datasets;
using Sweep.Shared.Models;
using Sweep.Shared.Protocol;
using TorchSharp;

namespace Sweep.GpuWorker.Tests.Training;

[Collection(Torch.Collection)]
public sealed class AttemptRunnerTests(Torch torch) : IDisposable
{
    private static readonly AttemptId Attempt = new(new SweepId("test"), new TrialId(1), 1);
    private static readonly Objective Objective = new(ObjectiveMetric.ValidationAccuracy);
    private static readonly NetworkConfiguration Quick = new(
        new DatasetSettings(DatasetName.Digits, TrainLimit: 100, TestLimit: 20),
        new ModelSettings(ModelFamily.Resnet, Blocks: [1], Widths: [4]),
        new TrainingSettings(Epochs: 3, BatchSize: 32),
        new AugmentationSettings());

    private readonly TemporaryFolder _storage = new();

    public void Dispose() => _storage.Dispose();

    [Fact]
    public void The_model_of_the_best_epoch_is_kept_before_the_epoch_is_reported()
    {
        var kept = new List<int>();
        var seen = Run(Quick, (_, _) => kept.Add(KeptEpoch()));
        EpochReport? best = null;
        Assert.Equal(seen.Reports.Select(report => (Objective.IsNewBest(report, best) ? best = report : best!).Epoch), kept);

        int KeptEpoch()
        {
            var (network, description) = ModelFile.Load(new AttemptFolder(_storage.Path, Attempt).BestModel);
            network.Dispose();
            return description.Epoch;
        }
    }

    [Fact]
    public void A_trained_attempt_reports_every_epoch_in_order_and_ends_as_completed()
    {
        var seen = Run(Quick);
        Assert.Equal([1, 2, 3], seen.Reports.Select(report => report.Epoch));
        Assert.Equal([(AttemptEnding.Completed, null)], seen.Endings);
        Assert.All(seen.Reports, report => Assert.True(report.ImagesPerSecond > 0 && report.Seconds > 0));
    }

    [Fact]
    public void Each_attempt_reports_its_own_peak_of_memory()
    {
        // The large attempt alone needs more than twice that; the rest is what the runtime keeps of other tests.
        const long Difference = 40 << 20;
        Assert.SkipUnless(PeakMemory.Reset(), "the system does not measure");
        var large = Run(Quick with
        {
            Dataset = new DatasetSettings(DatasetName.Digits, TrainLimit: 600, TestLimit: 20),
            Model = new ModelSettings(ModelFamily.Resnet, Blocks: [2], Widths: [64]),
            Training = new TrainingSettings(Epochs: 1, BatchSize: 500),
        }).Reports.Single().PeakMemoryBytes;
        using var storage = new TemporaryFolder();
        var small = Run(Quick, storage: storage).Reports.Select(report => report.PeakMemoryBytes).ToList();
        Assert.Equal(small.Order(), small);
        Assert.InRange(small[^1]!.Value, Difference, large!.Value - Difference);
    }

    [Fact]
    public void A_loss_that_is_not_finite_is_reported_and_ends_the_attempt_as_diverged()
    {
        var seen = Run(Quick with { Training = Quick.Training with { LearningRate = 1e30 } });
        Assert.True(seen.Reports[^1].HasDiverged);
        var (ending, detail) = Assert.Single(seen.Endings);
        Assert.Equal(AttemptEnding.Diverged, ending);
        Assert.Contains($"epoch {seen.Reports.Count}", detail, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(AttemptEnding.Stopped)]
    [InlineData(AttemptEnding.Released)]
    public void A_stop_is_obeyed_and_its_first_reason_counts(AttemptEnding reason)
    {
        var seen = Run(Quick with { Training = Quick.Training with { Epochs = 1_000_000 } }, (runner, _) =>
        {
            runner.Stop(reason);
            runner.Stop(AttemptEnding.Failed);
        });
        Assert.Single(seen.Reports);
        Assert.Equal([(reason, null)], seen.Endings);
    }

    [Fact]
    public void A_missing_data_set_ends_the_attempt_as_data_failed()
    {
        using var folder = new TemporaryFolder();
        var store = new DatasetStore(
            new DatasetPlaces(null, folder["cache"], folder["system"]), null, _ => [new RemoteFile("file", new Uri("http://127.0.0.1:9/file"), "")]);
        var seen = Run(Quick with { Dataset = new DatasetSettings(DatasetName.Cifar10) }, datasets: new DatasetCache(store));
        var (ending, detail) = Assert.Single(seen.Endings);
        Assert.Equal(AttemptEnding.DataFailed, ending);
        Assert.Contains(folder["cache"], detail, StringComparison.Ordinal);
    }

    [Fact]
    public void A_model_that_cannot_be_built_ends_the_attempt_as_failed_with_the_reason()
    {
        var (ending, detail) = Assert.Single(Run(Quick with { Model = new ModelSettings(ModelFamily.MnistCnn) }).Endings);
        Assert.Equal(AttemptEnding.Failed, ending);
        Assert.Contains("at least 16×16 pixels", detail, StringComparison.Ordinal);
    }

    [Fact]
    public void The_next_attempt_reports_what_the_first_would_have_and_nothing_that_is_recorded()
    {
        var whole = Run(Quick, attempt: 1).Reports;
        using var storage = new TemporaryFolder();
        var released = Run(Quick, (runner, report) => StopAfter(runner, report, 2), attempt: 1, storage: storage);
        var resumed = Run(Quick, attempt: 2, recorded: 2, storage: storage);
        Assert.Equal([(AttemptEnding.Released, null)], released.Endings);
        Assert.Equal([3], resumed.Reports.Select(report => report.Epoch));
        Assert.Equal(whole.Select(Reproducible.Part), released.Reports.Concat(resumed.Reports).Select(Reproducible.Part));
    }

    [Fact]
    public void Reports_that_were_lost_with_their_worker_are_told_by_the_next_attempt()
    {
        var first = Run(Quick, (runner, report) => StopAfter(runner, report, 2));
        var next = Run(Quick, attempt: 2, recorded: 0);
        Assert.Equal([1, 2, 3], next.Reports.Select(report => report.Epoch));
        Assert.Equal(first.Reports, next.Reports.Take(2));
    }

    [Fact]
    public void An_attempt_without_a_checkpoint_trains_again_what_is_recorded_and_reports_the_rest()
    {
        var whole = Run(Quick).Reports;
        using var storage = new TemporaryFolder();
        var next = Run(Quick, attempt: 2, recorded: 2, storage: storage).Reports;
        Assert.Equal(whole.Skip(2).Select(Reproducible.Part), next.Select(Reproducible.Part));
    }

    [Fact]
    public void A_run_folder_that_cannot_be_reached_costs_the_checkpoints_alone()
    {
        using var storage = new TemporaryFolder();
        Directory.Delete(storage.Path);
        Assert.Equal(AttemptEnding.Completed, Run(Quick, storage: storage).Endings.Single().Ending);
        Assert.False(Directory.Exists(storage.Path));
        Directory.CreateDirectory(storage.Path);
    }

    [Fact]
    public void A_folder_of_checkpoints_that_was_deleted_is_not_made_again()
    {
        var checkpoints = new AttemptFolder(_storage.Path, new AttemptId(new SweepId("test"), new TrialId(1), 1)).Checkpoints;
        Run(Quick, (_, report) =>
        {
            if (report.Epoch == 1) Directory.Delete(checkpoints, recursive: true);
        });
        Assert.False(Directory.Exists(checkpoints));
    }

    [Fact]
    public void The_best_model_goes_along_with_the_checkpoint()
    {
        var first = new AttemptFolder(_storage.Path, new AttemptId(new SweepId("test"), new TrialId(1), 1));
        Run(Quick, (runner, report) => StopAfter(runner, report, 1));
        File.WriteAllText(first.BestModel, "weights");
        var second = first with { Attempt = first.Attempt with { Number = 2 } };
        Run(Quick, (runner, report) => StopAfter(runner, report, 2), attempt: 2, recorded: 1);
        Assert.Equal("weights", File.ReadAllText(second.BestModel));
    }

    [Fact]
    public void With_auto_an_attempt_that_runs_out_of_memory_goes_on_with_micro_batches_that_fit()
    {
        var seen = Run(Auto, onNetwork: network => LimitMemory(network, images: 8));
        Assert.Equal([(AttemptEnding.Completed, null)], seen.Endings);
        Assert.Equal([(1, 4), (2, 4), (3, 4)], seen.Reports.Select(report => (report.Epoch, report.MicroBatches ?? 1)));
        using var storage = new TemporaryFolder();
        var asked = Run(Quick with { Training = Quick.Training with { Accumulate = 4 } }, storage: storage);
        Assert.Equal(asked.Reports.Select(Reproducible.Part), seen.Reports.Select(Reproducible.Part));
    }

    [Fact]
    public void With_auto_the_epochs_before_memory_ran_out_are_kept()
    {
        var batches = 0;
        // Four batches an epoch: the second epoch's second batch fails.
        var seen = Run(Auto, onNetwork: network => LimitMemory(network, images: 16, when: () => ++batches > 5));
        Assert.Equal([(1, 1), (2, 2), (3, 2)], seen.Reports.Select(report => (report.Epoch, report.MicroBatches ?? 1)));
        Assert.Equal([(AttemptEnding.Completed, null)], seen.Endings);
    }

    [Fact]
    public void With_auto_an_attempt_that_would_run_out_of_memory_by_the_estimate_begins_with_micro_batches()
    {
        // All images in one batch, which by the estimate is half as large again as the memory; half of it fits.
        var images = (int)(1.5 * torch.Device.Describe().MemoryBytes / (TrainingMemory.Bytes(WithBatch(2), 1) - TrainingMemory.Bytes(WithBatch(1), 1)));
        var networks = 0;
        var seen = Run(WithBatch(images), onNetwork: _ => networks++);
        Assert.Equal([(AttemptEnding.Completed, null)], seen.Endings);
        Assert.Equal([2, 2, 2], seen.Reports.Select(report => report.MicroBatches));
        Assert.Equal(1, networks);

        static NetworkConfiguration WithBatch(int size) => Auto with { Training = Auto.Training with { BatchSize = size } };
    }

    [Theory]
    [InlineData(false, "batch size 32,", "accumulate: auto")]
    [InlineData(true, "batch size 32 in 16 micro-batches,", "smaller network")]
    public void Out_of_memory_ends_with_the_numbers_and_the_advice(bool auto, string batch, string advice)
    {
        var (ending, detail) = Assert.Single(Run(auto ? Auto : Quick, onNetwork: network => LimitMemory(network, images: 1)).Endings);
        Assert.Equal(AttemptEnding.OutOfMemory, ending);
        Assert.All(["training needs about", batch, advice, "not enough memory"], text => Assert.Contains(text, detail, StringComparison.Ordinal));
    }

    private static NetworkConfiguration Auto => Quick with { Training = Quick.Training with { AutoAccumulate = true } };

#pragma warning disable CA2201 // libtorch's failures come as this type.
    /// <summary>Makes a network that trains fail as libtorch does, once it is given more than so many images at a time.</summary>
    private static void LimitMemory(torch.nn.Module<torch.Tensor, torch.Tensor> network, int images, Func<bool>? when = null) =>
        network.register_forward_pre_hook((module, input) => module.training && input.shape[0] > images && (when?.Invoke() ?? true)
            ? throw new ExternalException("DefaultCPUAllocator: not enough memory: you tried to allocate 8 bytes")
            : input);
#pragma warning restore CA2201

    private static void StopAfter(AttemptRunner runner, EpochReport report, int epoch)
    {
        if (report.Epoch == epoch) runner.Stop(AttemptEnding.Released);
    }

    [Fact]
    public void A_network_that_hangs_is_noticed_and_named()
    {
        var time = new FakeTimeProvider();
        using var noticed = new ManualResetEventSlim();
        var batches = 0;
        string? problem = null;

        var observer = Run(Quick, onNetwork: HangInTheThirdBatch, time: time, onStall: words =>
        {
            problem = words;
            noticed.Set();
        });

        Assert.Contains("has done no batch for 6", problem, StringComparison.Ordinal);
        Assert.Single(observer.Endings);

        // Until it was noticed, so that the test can end.
        void HangInTheThirdBatch(torch.nn.Module<torch.Tensor, torch.Tensor> network) =>
            network.register_forward_pre_hook((_, input) =>
            {
                if (++batches != 3) return input;
                time.Advance(StallWatch.Least + TimeSpan.FromSeconds(2));
                Assert.True(noticed.Wait(TimeSpan.FromSeconds(30)));
                return input;
            });
    }

#pragma warning disable CA2201 // libtorch's failures come as this type.
    [Theory]
    [InlineData("CUDA out of memory. Tried to allocate 2.00 GiB", true)]
    [InlineData("DefaultCPUAllocator: not enough memory: you tried to allocate 8 bytes", true)]
    [InlineData("DefaultCPUAllocator: can't allocate memory: you tried to allocate 8 bytes. Error code 12 (Cannot allocate memory)", true)]
    [InlineData("mat1 and mat2 shapes cannot be multiplied", false)]
    public void Out_of_memory_is_told_from_other_failures_by_libtorch_s_words(string message, bool outOfMemory) =>
        Assert.Equal(outOfMemory, AttemptRunner.IsOutOfMemory(new ExternalException(message)));
#pragma warning restore CA2201

    [Fact]
    public void A_trial_goes_on_from_another_ones_checkpoint_as_that_one_did_itself()
    {
        var whole = Run(Quick, keepEvery: 2);
        var attempts = new AttemptFolder(_storage.Path, Attempt);
        Assert.Contains("e0002-b000000.ckpt", Directory.GetFiles(attempts.Checkpoints).Select(Path.GetFileName));

        var origin = new CheckpointOrigin(Attempt.Trial, Attempts: 1, Epochs: 2, Quick.CanonicalHash(), Seed: 1, FirstAttempt: 2);
        var seen = Run(Quick, attempt: 2, recorded: 2, trial: 2, origin: origin);

        Assert.Equal([Reproducible.Part(whole.Reports[2])], seen.Reports.Select(Reproducible.Part));
    }

    [Fact]
    public void It_trains_with_its_own_settings_from_there_and_its_next_attempt_goes_on_with_its_own_checkpoint()
    {
        Run(Quick, keepEvery: 1);
        var own = Quick with { Training = Quick.Training with { LearningRate = 0.001, Schedule = LearningRateScheduleKind.Constant } };
        var origin = new CheckpointOrigin(Attempt.Trial, Attempts: 1, Epochs: 1, Quick.CanonicalHash(), Seed: 1, FirstAttempt: 2);
        // Of no use any more: it belongs to what the trial has given up.
        Run(own, trial: 2);

        var cut = Run(own, (runner, report) => StopAfter(runner, report, epoch: 2), attempt: 2, recorded: 1, trial: 2, origin: origin);
        var rest = Run(own, attempt: 3, recorded: 2, trial: 2, origin: origin);
        Assert.Equal([2], cut.Reports.Select(report => report.Epoch));
        Assert.Equal([3], rest.Reports.Select(report => report.Epoch));
        Assert.All(cut.Reports.Concat(rest.Reports), report => Assert.Equal(0.001, report.LearningRate));
    }

    [Fact]
    public void The_model_of_an_epoch_before_the_origin_stays_where_none_is_better()
    {
        var perfect = new EpochReport(1, 0, 1, new Evaluation(0, 2), new Evaluation(0, 2), 0.1, 1, 1);
        var before = new AttemptFolder(_storage.Path, Attempt with { Trial = new TrialId(2) });
        Directory.CreateDirectory(before.Path);
        File.WriteAllText(before.BestModel, "its best");
        Run(Quick, keepEvery: 1);

        var origin = new CheckpointOrigin(Attempt.Trial, Attempts: 1, Epochs: 2, Quick.CanonicalHash(), Seed: 1, FirstAttempt: 2, perfect);
        Run(Quick, attempt: 2, recorded: 2, trial: 2, origin: origin);

        Assert.Equal("its best", File.ReadAllText((before with { Attempt = before.Attempt with { Number = 2 } }).BestModel));
    }

    [Fact]
    public void Without_the_checkpoint_that_it_is_to_go_on_from_an_attempt_fails_and_says_where_it_looked()
    {
        var origin = new CheckpointOrigin(new TrialId(9), Attempts: 3, Epochs: 2, Quick.CanonicalHash(), Seed: 1, FirstAttempt: 2);
        var seen = Run(Quick, attempt: 2, recorded: 2, trial: 2, origin: origin);

        var (ending, detail) = Assert.Single(seen.Endings);
        Assert.Equal(AttemptEnding.Failed, ending);
        Assert.Contains("trial 9 after epoch 2", detail, StringComparison.Ordinal);
        Assert.Contains(_storage.Path, detail, StringComparison.Ordinal);
    }

    private Observer Run(NetworkConfiguration configuration, Action<AttemptRunner, EpochReport>? onEpoch = null, DatasetCache? datasets = null, int attempt = 1, int recorded = 0, TemporaryFolder? storage = null,
        Action<torch.nn.Module<torch.Tensor, torch.Tensor>>? onNetwork = null, Action<string>? onStall = null, TimeProvider? time = null,
        int trial = 1, CheckpointOrigin? origin = null, int? keepEvery = null)
    {
        var observer = new Observer(onEpoch);
        var command = new StartAttempt(
            Attempt with { Trial = new TrialId(trial), Number = attempt }, configuration, Seed: 1, DataSeed: 1,
            Objective, (storage ?? _storage).Path, recorded, TimeSpan.FromMinutes(1), origin, keepEvery);
        datasets ??= new DatasetCache(new DatasetStore(DatasetPlaces.FromEnvironment()));
        var runner = AttemptRunner.Start(command, [new NetworkTrainer(datasets, torch.Device, onNetwork)], observer, Serilog.Core.Logger.None, onStall ?? Assert.Fail, time);
        observer.Runner.SetResult(runner);
        Assert.True(runner.Wait(TimeSpan.FromMinutes(1)));
        return observer;
    }

    private sealed class Observer(Action<AttemptRunner, EpochReport>? onEpoch) : IAttemptObserver
    {
        public TaskCompletionSource<AttemptRunner> Runner { get; } = new();

        public List<EpochReport> Reports { get; } = [];

        public List<(AttemptEnding Ending, string? Detail)> Endings { get; } = [];

        public void EpochFinished(EpochReport report)
        {
            Assert.Empty(Endings);
            Reports.Add(report);
            onEpoch?.Invoke(Runner.Task.Result, report);
        }

        public void Progressed(int epoch, double epochProgress) => Assert.InRange(epochProgress, 0, 1);

        public void Ended(AttemptEnding ending, string? detail) => Endings.Add((ending, detail));
    }
}
