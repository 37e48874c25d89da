using Serilog.Core;
using Sweep.GpuWorker.Training;
using Sweep.Shared;

namespace Sweep.GpuWorker.Tests.Training;

public sealed class CheckpointFolderTests : IDisposable
{
    private static readonly CheckpointIdentity Identity = new("hash", 1, 1);

    private readonly TemporaryFolder _storage = new();

    public void Dispose() => _storage.Dispose();

    [Fact]
    public void The_last_two_are_kept_and_nothing_is_left_aside()
    {
        Save(attempt: 1, (1, 0), (2, 0), (2, 5));
        Assert.Equal(["e0002-b000000.ckpt", "e0002-b000005.ckpt"], Directory.GetFiles(Place(1).Checkpoints).Select(Path.GetFileName).Order());
    }

    [Fact]
    public void An_attempt_continues_whichever_earlier_one_came_furthest_and_never_itself_or_a_later_one()
    {
        Save(attempt: 1, (3, 2));
        Save(attempt: 2, (3, 1));
        Save(attempt: 3, (4, 0));
        Assert.Equal((new CheckpointPosition(3, 2), 1), Newest(attempt: 3));
        Assert.Equal((new CheckpointPosition(4, 0), 3), Newest(attempt: 4));
        Assert.Null(Newest(attempt: 1));
    }

    public static TheoryData<string, Func<byte[], byte[]>> Damages => new()
    {
        { "empty", _ => [] },
        { "torn", file => file[..(file.Length / 2)] },
        { "one bit", file => [.. file[..^20], (byte)(file[^20] ^ 8), .. file[^19..]] },
        { "foreign", _ => new byte[4096] },
        { "of another configuration", _ => CheckpointFileTests.Bytes(CheckpointFileTests.Sample(2, 0, Identity with { ConfigurationHash = "other" })) },
        { "of another seed", _ => CheckpointFileTests.Bytes(CheckpointFileTests.Sample(2, 0, Identity with { Seed = 7 })) },
    };

    [Theory]
    [MemberData(nameof(Damages))]
    public void Instead_of_an_unusable_checkpoint_the_one_before_it_is_used(string damage, Func<byte[], byte[]> apply)
    {
        Save(attempt: 1, (1, 0), (2, 0));
        var newest = Path.Combine(Place(1).Checkpoints, new CheckpointPosition(2, 0).FileName);
        File.WriteAllBytes(newest, apply(File.ReadAllBytes(newest)));
        Assert.True((new CheckpointPosition(1, 0), 1) == Newest(attempt: 2), damage);
        File.Delete(Path.Combine(Place(1).Checkpoints, new CheckpointPosition(1, 0).FileName));
        Assert.Null(Newest(attempt: 2));
    }

    [Fact]
    public void A_checkpoint_that_was_never_renamed_is_not_seen()
    {
        Save(attempt: 1, (1, 0));
        File.WriteAllText(Path.Combine(Place(1).Checkpoints, "e0002-b000000.ckpt.partial"), "half");
        Assert.Equal((new CheckpointPosition(1, 0), 1), Newest(attempt: 2));
    }

    private AttemptFolder Place(int attempt) => new(_storage.Path, new AttemptId(new SweepId("s"), new TrialId(1), attempt));

    private CheckpointFolder Folder(int attempt) => new(Place(attempt), Identity, Logger.None);

    private void Save(int attempt, params (int Epochs, int Batches)[] positions)
    {
        var folder = Folder(attempt);
        folder.Create();
        foreach (var (epochs, batches) in positions) folder.Save(CheckpointFileTests.Sample(epochs, batches, Identity));
    }

    private (CheckpointPosition Position, int Attempt)? Newest(int attempt) =>
        Folder(attempt).FindNewest() is var (checkpoint, from) ? (checkpoint.Position, from.Attempt.Number) : null;
}
