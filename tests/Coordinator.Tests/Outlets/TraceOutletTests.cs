using Google.Protobuf;
using Serilog.Core;
using Sweep.Coordinator.Outlets;
using Sweep.Coordinator.Tests.Trials;
using Sweep.Coordinator.Trials;

namespace Sweep.Coordinator.Tests.Outlets;

public sealed class TraceOutletTests
{
    [Fact]
    public async Task A_collector_gets_a_sweep_with_trials_with_attempts_with_epochs()
    {
        await using var receiver = await Receiver.StartAsync();
        var sweep = new TestSweep();
        sweep.Assign(1);
        sweep.Lose(1);
        sweep.RunToTheEnd();
        await using (var outlet = new TraceOutlet(receiver.Address, 0, Logger.None))
        {
            var (state, number) = (new SweepState(sweep.Definition), 0);
            foreach (var sweepEvent in sweep.Events) outlet.Happened(++number, state = state.Apply(sweepEvent), sweepEvent);
        }
        var request = await receiver.NextAsync();
        Assert.Equal("/v1/traces", request.Path);
        var spans = Span.AllOf(request.Body);
        var root = Assert.Single(spans, span => span.Parent.Length == 0);
        Assert.Equal("sweep test", root.Name);
        Assert.Single(spans.Select(span => span.Trace).Distinct());
        var trials = spans.Where(span => span.Parent == root.Id).ToList();
        Assert.Equal(["trial 1", "trial 2", "trial 3"], trials.Select(span => span.Name).Order());
        var attempts = spans.Where(span => span.Parent == trials.Single(trial => trial.Name == "trial 1").Id).ToList();
        Assert.Equal(["attempt 1.1", "attempt 1.2"], attempts.Select(span => span.Name).Order());
        var second = attempts.Single(span => span.Name == "attempt 1.2");
        var epochs = spans.Where(span => span.Parent == second.Id).ToList();
        Assert.Equal(["epoch 1", "epoch 2", "epoch 3", "epoch 4"], epochs.Select(span => span.Name).Order());
        Assert.All(epochs, epoch => Assert.InRange(epoch.Start, second.Start, second.End));
        Assert.Equal((TestSweep.Start.ToUnixTimeMilliseconds(), sweep.State.Newest.ToUnixTimeMilliseconds()), ((long)root.Start / 1_000_000, (long)root.End / 1_000_000));
    }

    /// <summary>What of OTLP's protobuf this test reads: resource spans (1) hold scope spans (2) hold spans (2).</summary>
    private sealed record Span(string Trace, string Id, string Parent, string Name, ulong Start, ulong End)
    {
        public static List<Span> AllOf(byte[] request) =>
            [.. Fields(request, 1).SelectMany(resource => Fields(resource, 2)).SelectMany(scope => Fields(scope, 2)).Select(Of)];

        private static Span Of(byte[] span)
        {
            var (input, parts, times) = (new CodedInputStream(span), new Dictionary<int, ByteString>(), new Dictionary<int, ulong>());
            while (input.ReadTag() is var tag and not 0)
            {
                var field = WireFormat.GetTagFieldNumber(tag);
                if (WireFormat.GetTagWireType(tag) == WireFormat.WireType.Fixed64) times[field] = input.ReadFixed64();
                else if (WireFormat.GetTagWireType(tag) == WireFormat.WireType.LengthDelimited) parts[field] = input.ReadBytes();
                else input.SkipLastField();
            }
            return new Span(Hex(1), Hex(2), Hex(4), parts[5].ToStringUtf8(), times[7], times[8]);

            string Hex(int field) => parts.TryGetValue(field, out var bytes) ? Convert.ToHexString(bytes.Span) : "";
        }

        private static List<byte[]> Fields(byte[] message, int field)
        {
            var (input, found) = (new CodedInputStream(message), new List<byte[]>());
            while (input.ReadTag() is var tag and not 0)
            {
                if (WireFormat.GetTagFieldNumber(tag) == field) found.Add(input.ReadBytes().ToByteArray());
                else input.SkipLastField();
            }
            return found;
        }
    }
}
