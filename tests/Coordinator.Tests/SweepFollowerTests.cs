using Serilog.Core;
using Sweep.Coordinator.Displays;
using Sweep.Coordinator.Tests.Trials;
using Sweep.Coordinator.Trials;
using Sweep.Shared;

namespace Sweep.Coordinator.Tests;

public sealed class SweepFollowerTests : IDisposable
{
    private readonly string _path = Directory.CreateTempSubdirectory("sweep-test-").FullName;

    private string TrialFolder(int trial) => Path.Combine(_path, "run", "trials", $"{trial}");

    public void Dispose() => Directory.Delete(_path, recursive: true);

    [Fact]
    public async Task Every_trial_leaves_its_epochs_and_the_best_leave_their_curves()
    {
        var sweep = new TestSweep(trials: 60, epochs: 1);
        await using (var follower = Follow(sweep.State, new SilentView()))
        {
            sweep.RunToTheEnd();
            Tell(follower, sweep);
        }
        Assert.All(Enumerable.Range(1, 60), trial => Assert.True(File.Exists(Path.Combine(TrialFolder(trial), "epochs.csv"))));
        Assert.True(File.Exists(Path.Combine(TrialFolder(sweep.State.Leader!.Value.Trial.Number), "curves.png")));
        Assert.InRange(Enumerable.Range(1, 60).Count(trial => File.Exists(Path.Combine(TrialFolder(trial), "curves.png"))), 50, 60);
    }

    [Fact]
    public async Task A_follower_that_cannot_keep_up_says_so_until_it_has()
    {
        var sweep = new TestSweep(trials: 1);
        using var view = new BlockedView();
        await using var follower = Follow(sweep.State, view);
        follower.StoreLost(new IOException("the disk is full"));
        for (var number = 1; number <= 10_001; number++) follower.Happened(number, sweep.State, new SweepUnpaused(TestSweep.Start));
        Assert.True(follower.IsBehind);
        view.Unblock();
        await follower.DisposeAsync();
        Assert.False(follower.IsBehind);
    }

    private SweepFollower Follow(SweepState state, IProgressView view) =>
        new(state, 0, null, RunFolder.Create(Path.Combine(_path, "run")), view, Logger.None);

    private static void Tell(SweepFollower follower, TestSweep sweep)
    {
        var number = 0L;
        foreach (var sweepEvent in sweep.Events) follower.Happened(++number, sweep.State, sweepEvent);
    }

    private class SilentView : IProgressView
    {
        public virtual void Line(string text) { }

        public void Follow(Func<SweepGlance?> look) { }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }

    /// <summary>A terminal that takes no line for a while.</summary>
    private sealed class BlockedView : SilentView, IDisposable
    {
        private readonly ManualResetEventSlim _open = new();

        public override void Line(string text) => _open.Wait();

        public void Unblock() => _open.Set();

        public void Dispose() => _open.Dispose();
    }
}
