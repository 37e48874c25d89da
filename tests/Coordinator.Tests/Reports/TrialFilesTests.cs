using Sweep.Coordinator.Reports;
using Sweep.Coordinator.Trials;

namespace Sweep.Coordinator.Tests.Reports;

public sealed class TrialFilesTests : IDisposable
{
    private readonly string _runFolder = Directory.CreateTempSubdirectory("sweep-reports-").FullName;

    public void Dispose() => Directory.Delete(_runFolder, recursive: true);

    [Fact]
    public void A_trial_leaves_its_epochs_and_its_curves_once_they_are_drawn()
    {
        TrialFiles.Write(_runFolder, Trial.Mixed[0]);
        Assert.Equal(["epochs.csv"], FilesOf(1));
        Assert.True(TrialFiles.IsUndrawn(_runFolder, Trial.Mixed[0]));
        TrialFiles.Draw(_runFolder, Trial.Mixed[0]);
        Assert.False(TrialFiles.IsUndrawn(_runFolder, Trial.Mixed[0]));
        Assert.Equal(["curves.png", "epochs.csv"], FilesOf(1));
        Assert.Equal(
            """
            epoch,train_loss,train_accuracy,validation_loss,validation_accuracy,test_loss,test_accuracy,learning_rate,seconds,images_per_second,peak_memory_bytes
            1,0.4,0.6,0.42000000000000004,0.58,0.43000000000000005,0.57,0.05,2,1500,315621376
            """,
            string.Join('\n', File.ReadLines(Path.Combine(_runFolder, "trials", "1", "epochs.csv")).Take(2)));
    }

    [Fact]
    public void A_trial_without_epochs_has_no_curves()
    {
        TrialFiles.Write(_runFolder, Trial.Of(5, TrialOutcome.Failed));
        Assert.Equal(["epochs.csv"], FilesOf(5));
        Assert.False(TrialFiles.IsUndrawn(_runFolder, Trial.Of(5, TrialOutcome.Failed)));
    }

    [Fact]
    public void Writing_twice_replaces_and_leaves_nothing_aside()
    {
        TrialFiles.Write(_runFolder, Trial.Of(1, TrialOutcome.Completed, Trial.Epoch(1, 0.1, 0.1, 0.1)));
        TrialFiles.Write(_runFolder, Trial.Mixed[0]);
        Assert.Equal(["epochs.csv"], FilesOf(1));
        Assert.Equal(5, File.ReadLines(Path.Combine(_runFolder, "trials", "1", "epochs.csv")).Count());
    }

    /// <summary>Without its power a machine may leave a file that is there and empty.</summary>
    [Fact]
    public void An_empty_file_is_none()
    {
        TrialFiles.Write(_runFolder, Trial.Mixed[0]);
        Assert.True(TrialFiles.AreWhole(_runFolder, Trial.Mixed[0]));
        File.WriteAllText(Path.Combine(_runFolder, "trials", "1", "epochs.csv"), "");
        Assert.False(TrialFiles.AreWhole(_runFolder, Trial.Mixed[0]));
    }

    private IEnumerable<string?> FilesOf(int trial) =>
        Directory.EnumerateFiles(Path.Combine(_runFolder, "trials", trial.ToString())).Select(Path.GetFileName).Order();
}
