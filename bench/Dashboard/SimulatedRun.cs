using Sweep.Bench.Reports;
using Sweep.Bench.Simulator;
using Sweep.Coordinator.Actors;
using Sweep.Coordinator.Histories;
using Sweep.Coordinator.SweepFiles;
using Sweep.Coordinator.Trials;
using Sweep.Shared;

namespace Sweep.Bench.Dashboard;

/// <summary>A run folder of a sweep that nobody trained: the real decisions under a virtual clock, with formulas in place of training.</summary>
internal static class SimulatedRun
{
    private const int Workers = 32;
    private const double ImagesPerSecond = 9_000;

    /// <summary>Writes the folder; how many events it has.</summary>
    public static async Task<int> WriteAsync(string folder, int trials)
    {
        Directory.CreateDirectory(folder);
        var text = SweepFileText.Of($"""
            description: Which residual network reads small pictures best?
            {MixedSpace.Space}
            seed: 1
            search: {"{"}algorithm: random, trials: {trials}{"}"}
            scheduler: {"{"}name: asha, min_epochs: 1, reduction_factor: 3{"}"}
            """);
        await File.WriteAllTextAsync(Path.Combine(folder, "sweep.yaml"), text.Text);
        var definition = ((SweepFileResult.Valid)SweepFileReader.ReadText(text.Text, "sweep.yaml")).Definition;
        var events = EventsOf(definition, text);
        var store = new SqliteStore(Path.Combine(folder, "history.db"));
        await using var node = await BenchNode.StartAsync(store, new SweepMemory(new SweepState(definition), 0), Sweep);
        await node.RecoveredAsync();
        await node.StopSweepAsync();
        JournalFiller.Fill(store, node.System, SweepActor.PersistenceIdOf(Sweep), events);
        return events.Count;
    }

    private static SweepId Sweep => new("simulated");

    private static List<ISweepEvent> EventsOf(SweepDefinition definition, SweepFileText text)
    {
        var events = new List<ISweepEvent>();
        var curves = new Dictionary<TrialId, Curve>();
        var epochs = 0;
        var simulation = new Simulation(
            definition, (trial, epoch) => CurveOf(trial).Next(epoch), worker => TimeSpan.FromMilliseconds(900 + 17 * worker))
        {
            Report = ReportOf,
            // Now and then a worker is lost in the middle.
            Dies = _ => ++epochs % 997 == 0,
            Decided = (_, _, decided) => events.AddRange(decided),
        };
        simulation.Run(Workers);
        // The simulation knows its sweep file by name alone.
        events[0] = ((SweepStarted)events[0]) with { SweepFile = text.Text, SweepFileHash = text.Hash };
        return events;

        Curve CurveOf(TrialState trial) =>
            curves.TryGetValue(trial.Id, out var curve) ? curve : curves[trial.Id] = new Curve((NetworkConfiguration)trial.Configuration, 1, trial.Id.Number - 1);
    }

    /// <summary>Training runs ahead of what was held out, the more the longer it goes on and the less it is augmented.</summary>
    private static EpochReport ReportOf(TrialState trial, int epoch, double accuracy)
    {
        var configuration = (NetworkConfiguration)trial.Configuration;
        var ahead = (configuration.Augmentation.Enabled ? 0.03 : 0.14) * epoch / MixedSpace.Epochs;
        var train = Math.Clamp(accuracy + ahead, 0, 1);
        var rate = configuration.Training.LearningRate * 0.5 * (1 + Math.Cos(Math.PI * (epoch - 1) / MixedSpace.Epochs));
        return new EpochReport(
            epoch, -Math.Log(Math.Max(train, 0.02)), train,
            new Evaluation(-Math.Log(Math.Max(accuracy, 0.02)) + 2 * ahead, accuracy),
            new Evaluation(-Math.Log(Math.Max(accuracy - 0.006, 0.02)) + 2 * ahead, accuracy - 0.006 + 0.002 * Math.Sin(epoch)),
            rate, 0.9, ImagesPerSecond * (1 + 0.03 * Math.Sin(epoch + trial.Id.Number)));
    }
}
