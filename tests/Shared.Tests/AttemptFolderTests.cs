namespace Sweep.Shared.Tests;

public sealed class AttemptFolderTests : IDisposable
{
    private readonly string _storage = Directory.CreateTempSubdirectory("sweep-test-").FullName;

    public void Dispose() => Directory.Delete(_storage, recursive: true);

    [Fact]
    public void Deleting_a_trial_s_checkpoints_spares_its_best_models_and_other_trials()
    {
        AttemptFolder[] all = [Attempt(1, 1), Attempt(1, 2), Attempt(2, 1)];
        foreach (var attempt in all)
        {
            Directory.CreateDirectory(attempt.Checkpoints);
            File.WriteAllText(Path.Combine(attempt.Checkpoints, "e0001-b000000.ckpt"), "");
            File.WriteAllText(attempt.BestModel, "");
        }
        AttemptFolder.DeleteCheckpointsOf(_storage, new TrialId(1));
        Assert.Equal([false, false, true], all.Select(attempt => Directory.Exists(attempt.Checkpoints)));
        Assert.All(all, attempt => Assert.True(File.Exists(attempt.BestModel)));
    }

    [Fact]
    public void A_trial_without_attempts_has_no_checkpoints_to_delete() => AttemptFolder.DeleteCheckpointsOf(_storage, new TrialId(1));

    [Fact]
    public void Earlier_attempts_follow_newest_first()
    {
        Assert.Equal([Attempt(7, 3), Attempt(7, 2), Attempt(7, 1)], Attempt(7, 3).AndEarlier());
        Assert.Empty(Attempt(7, 0).AndEarlier());
    }

    private AttemptFolder Attempt(int trial, int number) => new(_storage, new AttemptId(new SweepId("s"), new TrialId(trial), number));
}
