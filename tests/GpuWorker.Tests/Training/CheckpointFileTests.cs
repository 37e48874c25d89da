using System.Text;
using Sweep.GpuWorker.Training;
using Sweep.Shared;
using static TorchSharp.torch;

namespace Sweep.GpuWorker.Tests.Training;

public sealed class CheckpointFileTests
{
    private static readonly CheckpointIdentity Identity = new("0123abcd", 1, -2);

    [Fact]
    public void A_checkpoint_reads_back_as_it_was_written()
    {
        var written = Sample(epochs: 2, batches: 7);
        var read = CheckpointFile.Read(Bytes(written), Identity);
        Assert.Equal(Bytes(written), Bytes(read));
        Assert.Equal(written.Reports, read.Reports);
        Assert.Equal(written.Training.Epoch, read.Training.Epoch);
        Assert.Equal(new CheckpointPosition(2, 7), read.Position);
        Assert.Equal([1, 2, 3, 4, 5, 6, 7, 8], read.Training.Network.Single().Bytes);
        Assert.Equal(41, read.Training.Optimizer.Single().ToNumber());
    }

    [Fact]
    public void A_file_that_ends_anywhere_too_early_is_refused()
    {
        var file = Bytes(Sample(1, 3));
        for (var length = 0; length < file.Length; length++)
            Assert.Throws<InvalidDataException>(() => CheckpointFile.Read(file[..length], Identity));
    }

    [Fact]
    public void A_file_with_any_byte_changed_is_refused()
    {
        var file = Bytes(Sample(1, 3));
        for (var at = 0; at < file.Length; at++)
        {
            file[at] ^= 1;
            Assert.Throws<InvalidDataException>(() => CheckpointFile.Read(file, Identity));
            file[at] ^= 1;
        }
    }

    [Fact]
    public void Another_version_is_refused_before_anything_else_of_it_is_read()
    {
        var file = Bytes(Sample(1, 3));
        Encoding.ASCII.GetBytes("SWEEPCK2").CopyTo(file, 0);
        Assert.Contains("version", Assert.Throws<InvalidDataException>(() => CheckpointFile.Read(file, Identity)).Message, StringComparison.Ordinal);
    }

    public static TheoryData<CheckpointIdentity> Others => [Identity with { ConfigurationHash = "other" }, Identity with { Seed = 2 }, Identity with { DataSeed = 1 }];

    [Theory]
    [MemberData(nameof(Others))]
    public void Another_configuration_or_seed_is_refused(CheckpointIdentity other) =>
        Assert.Throws<InvalidDataException>(() => CheckpointFile.Read(Bytes(Sample(1, 3)), other));

    [Theory]
    [InlineData(3, 0, "e0003-b000000.ckpt")]
    [InlineData(12345, 1234567, "e12345-b1234567.ckpt")]
    public void A_file_s_name_says_how_far_the_trial_had_come(int epochs, int batches, string name)
    {
        Assert.Equal(name, new CheckpointPosition(epochs, batches).FileName);
        Assert.Equal(new CheckpointPosition(epochs, batches), CheckpointPosition.Of(name));
    }

    [Theory]
    [InlineData("e0003-b000000.ckpt.partial")]
    [InlineData("e0003.ckpt")]
    [InlineData("b0003-e000000.ckpt")]
    [InlineData("notes.txt")]
    public void Other_files_are_not_checkpoints(string name) => Assert.Null(CheckpointPosition.Of(name));

    internal static Checkpoint Sample(int epochs, int batches, CheckpointIdentity? identity = null) => new(
        identity ?? Identity,
        [.. Enumerable.Range(1, epochs).Select(epoch => new EpochReport(epoch, 1.0 / 3, 0.5, null, new Evaluation(double.PositiveInfinity, 0.1), 0.05, 1.5, 900))],
        new TrainingState(
            new PartialEpoch(batches, Math.PI, 5, 9, 0.25),
            [new SavedTensor("fc.weight", ScalarType.Float32, [1, 2], [1, 2, 3, 4, 5, 6, 7, 8])],
            [SavedTensor.Of("0.step", 41)]));

    internal static byte[] Bytes(Checkpoint checkpoint)
    {
        using var stream = new MemoryStream();
        CheckpointFile.Write(stream, checkpoint);
        return stream.ToArray();
    }
}
