using Sweep.Coordinator.Terms;

namespace Sweep.Coordinator.Tests;

public sealed class RunFolderTests : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("sweep-test-").FullName;

    [Fact]
    public async Task A_folder_is_one_coordinators_at_a_time()
    {
        var folder = RunFolder.Create(Path.Combine(_root, "run"));
        await using (var term = FolderTerm.Take(folder))
        {
            Assert.True(term.IsOurs);
            var refused = Assert.Throws<IOException>(() => FolderTerm.Take(folder));
            Assert.Contains($"process {Environment.ProcessId}", refused.Message, StringComparison.Ordinal);
        }
        await FolderTerm.Take(folder).DisposeAsync();
    }

    [Fact]
    public void A_folder_without_a_run_is_refused_and_left_as_it_is()
    {
        Assert.Contains("not the folder of a run", Assert.Throws<IOException>(() => RunFolder.Open(_root)).Message, StringComparison.Ordinal);
        Assert.Empty(Directory.EnumerateFileSystemEntries(_root));
        Assert.Contains("no such folder", Assert.Throws<IOException>(() => RunFolder.Open(Path.Combine(_root, "none"))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_an_earlier_coordinator_leaves_that_had_not_begun_and_an_empty_volume_for_trials_are_no_run()
    {
        var path = Path.Combine(_root, "run");
        await FolderTerm.Take(RunFolder.Create(path)).DisposeAsync();
        var trials = Directory.CreateDirectory(Path.Combine(path, "trials")).FullName;
        Assert.False(RunFolder.HasBegun(path));
        RunFolder.Create(path);

        Directory.CreateDirectory(Path.Combine(trials, "1"));
        Assert.Contains("not empty", Assert.Throws<IOException>(() => RunFolder.Create(path)).Message, StringComparison.Ordinal);
        File.WriteAllText(Path.Combine(path, "sweep.yaml"), "");
        Assert.True(RunFolder.HasBegun(path));
    }

    [Fact]
    public void The_log_knows_the_last_event_that_it_tells_of_though_its_last_line_is_torn()
    {
        var path = Path.Combine(_root, "run.log");
        using (var log = RunLog.Open(path)) log.ForContext(RunLog.EventNumber, 41L).Information("Something happened");
        File.AppendAllText(path, "{\"@mt\":\"Something else\",\"Event\":42");
        Assert.Equal(41, RunLog.LastEventIn(path));
        using (var log = RunLog.Open(path)) log.ForContext(RunLog.EventNumber, 42L).Information("Something else");
        Assert.Equal(42, RunLog.LastEventIn(path));
    }

    public void Dispose() => Directory.Delete(_root, recursive: true);
}
