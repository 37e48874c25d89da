using Serilog.Core;
using Sweep.Coordinator.Displays;
using Sweep.Coordinator.Tests.Trials;

namespace Sweep.Coordinator.Tests;

public sealed class FullDiskTests : IDisposable
{
    private readonly string _path = Directory.CreateTempSubdirectory("sweep-test-").FullName;

    [Fact]
    public async Task Files_of_a_trial_that_could_not_be_written_when_it_ended_are_written_at_the_end()
    {
        var folder = RunFolder.Create(Path.Combine(_path, "run"));
        var sweep = new TestSweep(trials: 1);
        var inTheWay = Path.Combine(folder.Path, "trials");
        await File.WriteAllTextAsync(inTheWay, "", TestContext.Current.CancellationToken);
        var view = new WarningsView(onFirst: () => File.Delete(inTheWay));
        await using (var follower = new SweepFollower(sweep.State, sweep.Events.Count, 1, folder, view, Logger.None))
        {
            var number = (long)sweep.Events.Count;
            var before = sweep.Events.Count;
            sweep.RunToTheEnd();
            foreach (var sweepEvent in sweep.Events.Skip(before)) follower.Happened(++number, sweep.State, sweepEvent);
        }
        Assert.True(view.HasWarned);
        Assert.True(File.Exists(Path.Combine(inTheWay, "1", "epochs.csv")));
        Assert.True(File.Exists(Path.Combine(inTheWay, "1", "curves.png")));
    }

    [Fact]
    public void A_log_whose_last_lines_find_no_room_closes_all_the_same()
    {
        Assert.SkipUnless(File.Exists("/dev/full"), "there is no /dev/full");
        File.CreateSymbolicLink(Path.Combine(_path, "run.log"), "/dev/full");
        using var log = RunLog.Open(Path.Combine(_path, "run.log"));
        log.Information("a line");
    }

    public void Dispose() => Directory.Delete(_path, recursive: true);

    /// <summary>Makes room at the first warning.</summary>
    private sealed class WarningsView(Action onFirst) : IProgressView
    {
        public bool HasWarned { get; private set; }

        public void Line(string text)
        {
            if (HasWarned || !text.StartsWith("warning: ", StringComparison.Ordinal)) return;
            HasWarned = true;
            onFirst();
        }

        public void Follow(Func<SweepGlance?> look) { }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
