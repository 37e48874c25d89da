using System.Buffers.Binary;
using Sweep.Coordinator.Reports;
using Sweep.Coordinator.Trials;

namespace Sweep.Coordinator.Tests.Reports;

public sealed class CurvesPlotTests
{
    [Fact]
    public void Curves_are_a_PNG_of_the_promised_size() => AssertIsPng(Drawn(Trial.Overfitting(3)));

    [Fact]
    public void A_single_epoch_and_a_loss_that_is_no_number_can_be_drawn()
    {
        var epoch = Trial.Epoch(1, 0.5, 0.5, 0.5) with { TrainLoss = double.NaN, Validation = null };
        AssertIsPng(Drawn(Trial.Of(1, TrialOutcome.Diverged, epoch)));
    }

    private static byte[] Drawn(TrialState trial)
    {
        using var stream = new MemoryStream();
        CurvesPlot.Write(stream, trial);
        return stream.ToArray();
    }

    private static void AssertIsPng(byte[] bytes)
    {
        Assert.Equal([0x89, (byte)'P', (byte)'N', (byte)'G', 0x0D, 0x0A, 0x1A, 0x0A], bytes[..8]);
        Assert.Equal(CurvesPlot.Width, BinaryPrimitives.ReadInt32BigEndian(bytes.AsSpan(16)));
        Assert.Equal(CurvesPlot.Height, BinaryPrimitives.ReadInt32BigEndian(bytes.AsSpan(20)));
        Assert.True(bytes.Length > 5_000, "an empty picture would be smaller");
    }
}
