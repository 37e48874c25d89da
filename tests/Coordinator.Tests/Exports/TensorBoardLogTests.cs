using Sweep.Coordinator.Exports;
using Sweep.Coordinator.Exports.TensorBoard.Wire;
using Sweep.Coordinator.Histories;
using Sweep.Coordinator.Tests.SweepReports;
using Sweep.Coordinator.Tests.Trials;
using Sweep.Shared;

namespace Sweep.Coordinator.Tests.Exports;

public sealed class TensorBoardLogTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("sweep-tensorboard-").FullName;
    private readonly TestSweep _sweep = ReportedSweep.Ended();

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Every_trial_is_a_run_with_its_scalars_by_epoch()
    {
        Export();
        foreach (var trial in _sweep.State.Trials)
        {
            var events = EventsOf($"trial-{trial.Id.Number:0000}");
            Assert.Equal("brain.Event:2", events[0].FileVersion);
            var epochs = events.Where(entry => entry.Summary?.Value.Any(value => value.Tag == "validation_accuracy") == true).ToList();
            Assert.Equal(trial.Reports.Select(report => (long)report.Epoch), epochs.Select(entry => entry.Step));
            Assert.Equal(
                trial.Reports.Select(report => (float)report.Validation!.Accuracy!),
                epochs.Select(entry => entry.Summary.Value.Single(value => value.Tag == "validation_accuracy").SimpleValue));
            Assert.Equal(events.Select(entry => entry.WallTime).Order(), events.Select(entry => entry.WallTime));
        }
    }

    [Fact]
    public void The_hparams_plugin_finds_the_experiment_the_hyperparameters_and_how_trials_ended()
    {
        Export();
        var experiment = HParamsOf("", "_hparams_/experiment").Experiment;
        Assert.Equal("learning_rate", Assert.Single(experiment.HparamInfos).Name);
        Assert.Equal(0.001, experiment.HparamInfos[0].DomainInterval.MinValue);
        Assert.Contains("validation_accuracy", experiment.MetricInfos.Select(metric => metric.Name.Tag));
        foreach (var trial in _sweep.State.Trials)
        {
            var start = HParamsOf($"trial-{trial.Id.Number:0000}", "_hparams_/session_start_info").SessionStartInfo;
            Assert.Equal(trial.Hyperparameters["learning_rate"]!.AsDouble(), start.Hparams["learning_rate"].NumberValue);
            var end = HParamsOf($"trial-{trial.Id.Number:0000}", "_hparams_/session_end_info").SessionEndInfo;
            Assert.Equal(trial.Outcome == Coordinator.Trials.TrialOutcome.Diverged ? Status.Failure : Status.Success, end.Status);
        }
    }

    [Fact]
    public void To_export_again_writes_the_same_files()
    {
        Export();
        var first = Snapshot();
        Export();
        Assert.Equal(first, Snapshot());
    }

    private void Export() =>
        RunExport.Write(new StoredRun(RunFolder.Create(Path.Combine(_folder, $"run-{Guid.NewGuid():N}")), _sweep.State, _sweep.Events.Count, _sweep.Events), ExportFormat.TensorBoard, Path.Combine(_folder, "out"));

    private List<string> Snapshot() =>
        [.. Directory.EnumerateFiles(Path.Combine(_folder, "out"), "*", SearchOption.AllDirectories).Order().Select(file => $"{file} {Convert.ToHexString(File.ReadAllBytes(file))}")];

    private List<Event> EventsOf(string run)
    {
        var file = Assert.Single(Directory.GetFiles(Path.Combine(_folder, "out", run), "events.out.tfevents.*"));
        return [.. RecordFile.Read(File.ReadAllBytes(file)).Select(Event.Parser.ParseFrom)];
    }

    private HParamsPluginData HParamsOf(string run, string tag)
    {
        var value = EventsOf(run).SelectMany(entry => entry.Summary?.Value.AsEnumerable() ?? []).Single(value => value.Tag == tag);
        Assert.Equal("hparams", value.Metadata.PluginData.PluginName);
        return HParamsPluginData.Parser.ParseFrom(value.Metadata.PluginData.Content);
    }
}
