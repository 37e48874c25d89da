using System.Text;
using Sweep.Coordinator.Histories;
using Sweep.Coordinator.Tests.Trials;
using Sweep.Coordinator.Trials;
using Sweep.Shared.Protocol;
using static Sweep.Coordinator.Tests.Trials.TestSweep;

namespace Sweep.Coordinator.Tests.Histories;

public sealed class SnapshotFileTests : IDisposable
{
    private readonly string _file = Path.Combine(Directory.CreateTempSubdirectory("sweep-test-").FullName, "history.snapshot");
    private readonly TestSweep _sweep = new("early_stopping: {overfit: {patience: 1}}", epochs: 20);

    public SnapshotFileTests()
    {
        var first = _sweep.Assign(1)!.Value;
        for (var epoch = 1; epoch <= 8; epoch++) _sweep.Record(1, first, Report(epoch, 0.1 * epoch, 0.4));
        _sweep.End(2, _sweep.Assign(2)!.Value, AttemptEnding.OutOfMemory);
        _sweep.Record(3, _sweep.Assign(3)!.Value, Report(1, trainLoss: double.NaN));
        _sweep.Lose(1);
        _sweep.Assign(4);
        _sweep.Record(1, first, Report(9));
    }

    public void Dispose() => Directory.Delete(Path.GetDirectoryName(_file)!, recursive: true);

    [Fact]
    public void A_state_is_read_as_it_was_written()
    {
        SnapshotFile.Write(_file, _sweep.State, _sweep.Events.Count);
        var (state, events) = SnapshotFile.Read(_file, _sweep.Definition)!.Value;
        Assert.Equal(StateText.Of(_sweep.State), StateText.Of(state));
        Assert.Equal(_sweep.Events.Count, events);
    }

    [Fact]
    public void A_sweep_goes_on_from_a_snapshot_as_it_would_have()
    {
        SnapshotFile.Write(_file, _sweep.State, _sweep.Events.Count);
        var other = new TestSweep(SnapshotFile.Read(_file, _sweep.Definition)!.Value.State, _sweep.Tick());
        other.RunToTheEnd();
        _sweep.RunToTheEnd();
        Assert.Equal(StateText.Of(_sweep.State), StateText.Of(other.State));
    }

    [Fact]
    public void A_file_that_is_missing_torn_damaged_or_of_another_program_is_passed_over()
    {
        Assert.Null(SnapshotFile.Read(_file, _sweep.Definition));
        SnapshotFile.Write(_file, _sweep.State, _sweep.Events.Count);
        var whole = File.ReadAllBytes(_file);
        foreach (var length in (int[])[0, 7, 16, 20, whole.Length / 2, whole.Length - 1])
        {
            File.WriteAllBytes(_file, whole[..length]);
            Assert.Null(SnapshotFile.Read(_file, _sweep.Definition));
        }
        foreach (var place in (int[])[0, 17, whole.AsSpan().IndexOf(Encoding.UTF8.GetBytes(ProgramVersion.Released)), whole.Length - 2])
        {
            whole[place] ^= 1;
            File.WriteAllBytes(_file, whole);
            Assert.Null(SnapshotFile.Read(_file, _sweep.Definition));
            whole[place] ^= 1;
        }
    }

    [Fact]
    public void All_snapshots_of_a_long_history_cost_a_few_times_the_last_one()
    {
        const int Events = 1_000_000;
        var (inSnapshot, written) = (0, 0L);
        for (var events = 1; events <= Events; events++)
        {
            if (!SnapshotFile.IsDue(events, inSnapshot)) continue;
            written += inSnapshot = events;
        }
        Assert.InRange(written, Events, 6L * Events);
        Assert.InRange(inSnapshot, 0.8 * Events, Events);
    }
}
