using Sweep.Coordinator.Reports;
using Sweep.Coordinator.Trials;
using Sweep.Shared;

namespace Sweep.Coordinator.Tests.Reports;

public sealed class TrialModelTests : IDisposable
{
    private readonly string _runFolder = Directory.CreateTempSubdirectory("sweep-reports-").FullName;

    private string TrialFolder => AttemptFolder.TrialIn(_runFolder, new TrialId(1));

    private string[] Files => [.. Directory.EnumerateFiles(TrialFolder, "*", SearchOption.AllDirectories).Select(path => Path.GetRelativePath(TrialFolder, path)).Order()];

    public void Dispose() => Directory.Delete(_runFolder, recursive: true);

    [Fact]
    public void The_newest_attempt_s_model_becomes_the_trial_s_and_nothing_else_stays()
    {
        Keep(1, "older");
        Keep(10, "newest");
        TrialFiles.Write(_runFolder, Trial.Of(1, TrialOutcome.Completed, Trial.Epoch(1, 0.1, 0.1, 0.1)) with { AttemptNumber = 10 });
        Assert.Equal("newest", File.ReadAllText(AttemptFolder.BestModelOf(_runFolder, new TrialId(1))));
        Assert.Equal(["best.safetensors", "epochs.csv"], Files);
        Assert.False(Directory.Exists(Path.Combine(TrialFolder, "attempts")));
    }

    [Fact]
    public void An_attempt_that_kept_none_leaves_that_of_the_one_before()
    {
        Keep(1, "older");
        TrialModel.Keep(_runFolder, Trial.Of(1, TrialOutcome.Completed) with { AttemptNumber = 2 });
        Assert.Equal("older", File.ReadAllText(AttemptFolder.BestModelOf(_runFolder, new TrialId(1))));
    }

    [Fact]
    public void What_else_an_attempt_kept_stays()
    {
        Keep(1, "model");
        File.WriteAllText(Path.Combine(Attempt(1).Path, "other"), "");
        TrialModel.Keep(_runFolder, Trial.Of(1, TrialOutcome.Stopped));
        Assert.Equal([Path.Combine("attempts", "1", "other"), "best.safetensors"], Files);
    }

    [Fact]
    public void A_trial_without_a_model_is_no_error()
    {
        TrialModel.Keep(_runFolder, Trial.Of(1, TrialOutcome.Failed));
        Assert.False(Directory.Exists(TrialFolder));
    }

    private AttemptFolder Attempt(int number) => new(_runFolder, new AttemptId(default, new TrialId(1), number));

    private void Keep(int number, string model)
    {
        Directory.CreateDirectory(Attempt(number).Path);
        File.WriteAllText(Attempt(number).BestModel, model);
    }
}
