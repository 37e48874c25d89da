using Microsoft.Extensions.Time.Testing;
using Sweep.Coordinator.Displays;
using Sweep.Coordinator.Tests.Trials;
using Sweep.Coordinator.Views;
using Sweep.Shared;

namespace Sweep.Coordinator.Tests.Displays;

/// <summary>What displays show of sweeps that are driven by hand.</summary>
internal static class Glances
{
    public const string Sweep = "early_stopping: {overfit: {action: flag}}";

    /// <summary>Four trials, of which one has ended and two run.</summary>
    public static TestSweep Some()
    {
        var sweep = new TestSweep(TestSweep.Define($$$"""
            name: test
            dataset: {name: digits}
            model: {family: resnet, blocks: [1], widths: [4]}
            training: {epochs: 3}
            parameters: {learning_rate: {values: [0.01, 0.02, 0.03, 0.04]}, nesterov: {values: [true]}}
            search: {algorithm: grid, trials: 4}
            {{{Sweep}}}
            """));
        var first = sweep.Assign(1)!.Value;
        for (var epoch = 1; epoch <= 3; epoch++) sweep.Record(1, first, TestSweep.Report(epoch, heldOut: 0.6 + epoch / 100.0));
        sweep.Record(1, sweep.Assign(1)!.Value, TestSweep.Report(1, heldOut: 0.7));
        sweep.Assign(2);
        return sweep;
    }

    /// <summary>So many workers, each in its second epoch.</summary>
    public static TestSweep Many(int workers, int trials)
    {
        var sweep = new TestSweep(Sweep, trials, epochs: 10);
        for (var worker = 1; worker <= workers; worker++) sweep.Record(worker, sweep.Assign(worker)!.Value, TestSweep.Report(1, heldOut: worker / 100.0));
        return sweep;
    }

    /// <param name="idle">Workers that are there and hold nothing.</param>
    public static async Task<SweepGlance> OfAsync(TestSweep sweep, params int[] idle)
    {
        await using var view = ViewOf(sweep);
        foreach (var worker in idle) view.WorkerArrived(TestSweep.Worker(worker), null);
        await view.CaughtUpAsync();
        return SweepGlance.Of(view, sweep.Tick());
    }

    private static SweepView ViewOf(TestSweep sweep)
    {
        var folder = Directory.CreateTempSubdirectory("sweep-test-");
        File.WriteAllText(Path.Combine(folder.FullName, "sweep.yaml"), "");
        var opened = RunFolder.Open(folder.FullName);
        folder.Delete(recursive: true);
        var time = new FakeTimeProvider(TestSweep.Start);
        return new SweepView(
            new SweepId("test-1"), sweep.State, sweep.Events.Count, sweep.Events, opened, sweep.Definition.Search.Trials, _ => null, time)
        { IsAtWork = true };
    }
}
