using System.Runtime.Serialization;
using System.Text;
using Akka.Actor;
using Akka.Configuration;
using Sweep.Shared.Datasets;
using Sweep.Shared.Models;
using Sweep.Shared.Protocol;

namespace Sweep.Shared.Tests.Protocol;

public sealed class ProtocolTests : IDisposable
{
    private static readonly WorkerId Worker = new("host/12#ab");
    private static readonly AttemptId Attempt = new(new SweepId("s-1"), new TrialId(7), 2);

    private static readonly object[] Samples =
    [
        new WorkerAvailable(Worker, new DeviceDescription("CPU, 2 threads", 2, 1L << 34), Attempt),
        new WorkerAvailable(Worker, new DeviceDescription("CPU, 2 threads", 2, 1L << 34), null),
        new EpochReported(Worker, Attempt, new EpochReport(3, double.NaN, 0.25, null, new Evaluation(double.PositiveInfinity, 0.1), 0.05, 1.5, 900)),
        new EpochReported(Worker, Attempt, new EpochReport(1, 2.25, 0.25, new Evaluation(2, 0.5), new Evaluation(2.5, 0.1), 0.05, 1.5, 900, 4, 1L << 33)),
        new AttemptEnded(Worker, Attempt, AttemptEnding.OutOfMemory, "too large"),
        new Heartbeat(Worker, Attempt, 4, 0.5),
        new StartAttempt(
            Attempt,
            new NetworkConfiguration(
                new DatasetSettings(DatasetName.Cifar100, 0.2, 500, null),
                new ModelSettings(ModelFamily.Resnet, BlockKind.Bottleneck, ShortcutKind.Projection, [3, 4, 6, 3], [16, 32, 64, 128]),
                new TrainingSettings(60, Optimizer: Optimizer.AdamW, Schedule: LearningRateScheduleKind.Multistep, Milestones: [30, 45]),
                new AugmentationSettings(true, RotationDegrees: 15)),
            long.MaxValue, -1, new Objective(ObjectiveMetric.TestLoss), "/runs/a", 3, TimeSpan.FromSeconds(30)),
        new EpochReported(Worker, Attempt, new EpochReport(1, null, null, new Evaluation(null, 0.5), null, null, 1.5, null, Metrics: [new Metric("f1", 0.5)])),
        new StartAttempt(
            Attempt,
            new CustomConfiguration(
                new TrainerSettings(null, new CommandSettings(["python3", "train.py"], "/srv", ParameterPassing.File, ReportPlace.Stdout, TimeSpan.FromHours(1), TimeSpan.FromSeconds(10))),
                9,
                new Hyperparameters([new("rate", new HyperparameterValue.Number(1)), new("layers", new HyperparameterValue.Integers([64, 32]))])),
            1, 2, new Objective(ObjectiveMetric.Custom, "f1", MaximizesCustom: true), "/runs/a", 0, TimeSpan.FromSeconds(30)),
        new EpochAcknowledged(Attempt, 3, TrialDecision.Stop),
        new EndAcknowledged(Attempt),
        new StopAttempt(Attempt, "another attempt holds this trial"),
        new WorkerNoted(Worker),
    ];

    private readonly ActorSystem _system = ActorSystem.Create("test", ConfigurationFactory.ParseString("akka.loglevel = OFF"));
    private readonly ProtocolSerializer _serializer;

    public ProtocolTests() => _serializer = new ProtocolSerializer((ExtendedActorSystem)_system);

    public void Dispose() => _system.Dispose();

    [Fact]
    public void Every_message_reads_back_as_it_was_written()
    {
        foreach (var sample in Samples)
            Assert.Equal(sample, _serializer.FromBinary(_serializer.ToBinary(sample), _serializer.Manifest(sample)));
    }

    [Fact]
    public void Every_message_has_a_manifest_of_its_own_and_a_sample_here()
    {
        var messages = typeof(IWorkerReport).Assembly.GetTypes()
            .Where(type => !type.IsInterface && (type.IsAssignableTo(typeof(IWorkerReport)) || type.IsAssignableTo(typeof(IWorkerCommand)))).ToHashSet();
        Assert.Equal(messages, ProtocolSerializer.Table.Select(entry => entry.Type).ToHashSet());
        Assert.Equal(messages, Samples.Select(sample => sample.GetType()).ToHashSet());
        Assert.Equal(messages.Count, ProtocolSerializer.Table.Select(entry => entry.Manifest).Distinct().Count());
    }

    [Fact]
    public void Nothing_else_is_read_or_written()
    {
        Assert.Throws<SerializationException>(() => _serializer.ToBinary("text"));
        Assert.Throws<SerializationException>(() => _serializer.FromBinary(Encoding.UTF8.GetBytes("{}"), "System.Object, System.Private.CoreLib"));
    }

    [Fact]
    public void A_type_name_within_a_message_is_only_text()
    {
        var json = """{"$type":"System.IO.FileInfo, System.Private.CoreLib","worker":{"value":"w"}}""";
        Assert.Equal(new WorkerNoted(new WorkerId("w")), _serializer.FromBinary(Encoding.UTF8.GetBytes(json), "wn1"));
    }

    /// <summary>What the nodes of a released version send: it stays readable as long as its manifests are.</summary>
    [Fact]
    public void Messages_of_version_0_1_read_back()
    {
        var golden = File.ReadAllLines(Path.Combine(AppContext.BaseDirectory, "Protocol", "Golden", "0.1.txt")).Select(line => line.Split(' ', 2)).ToList();
        Assert.Equal(Samples.Where(WasInVersion01).Select(AsOfVersion01), golden.Select(line => _serializer.FromBinary(Encoding.UTF8.GetBytes(line[1]), line[0])));
    }

    /// <summary>Other trainers came later.</summary>
    private static bool WasInVersion01(object message) =>
        message is not (EpochReported { Report.Metrics: not null } or StartAttempt { Configuration: CustomConfiguration });

    /// <summary>Without the fields that came later.</summary>
    private static object AsOfVersion01(object message) => message is EpochReported { Report: var report } reported
        ? reported with { Report = report with { MicroBatches = null, PeakMemoryBytes = null } }
        : message;

    [Fact]
    public void Each_manifest_carries_the_version_of_its_payload() =>
        Assert.All(ProtocolSerializer.Table, entry => Assert.Matches("^[a-z]{2}[1-9][0-9]*$", entry.Manifest));

    [Fact]
    public void A_field_of_a_later_version_is_ignored() =>
        Assert.Equal(new WorkerNoted(Worker), Read("wn1", """{"worker":{"value":"host/12#ab","rack":7},"later":[{"x":1}]}"""));

    [Fact]
    public void A_field_that_an_earlier_version_did_not_have_takes_its_default()
    {
        var read = (EpochReported)Read("er1", """
            {"worker":{"value":"w"},"attempt":{"sweep":{"value":"s"},"trial":{"number":1},"number":1},
             "report":{"epoch":1,"train_loss":1,"train_accuracy":0.5,"test":{"loss":1,"accuracy":0.5},"learning_rate":0.1,"seconds":1,"images_per_second":9}}
            """);
        Assert.Null(read.Report.MicroBatches);
        Assert.Null(read.Report.Validation);
    }

    [Theory]
    [InlineData("wn1", "{}")]
    [InlineData("wn1", "null")]
    [InlineData("wn1", """{"worker":null}""")]
    [InlineData("wn1", """{"worker":{"value":null}}""")]
    [InlineData("st1", """{"attempt":{"sweep":{"value":"s"},"trial":{"number":1}},"reason":"no number"}""")]
    [InlineData("er1", """{"worker":{"value":"w"},"attempt":{"sweep":{"value":"s"},"trial":{"number":1},"number":1}}""")]
    [InlineData("wn1", """{"worker":{"value":"w"}""")]
    [InlineData("wn2", """{"worker":{"value":"w"}}""")]
    [InlineData("", """{"worker":{"value":"w"}}""")]
    public void What_cannot_be_a_message_is_refused_before_an_actor_sees_it(string manifest, string json) =>
        Assert.Throws<SerializationException>(() => Read(manifest, json));

    [Fact]
    public void Bytes_cut_or_flipped_are_a_message_or_refused()
    {
        var random = new Random(1);
        foreach (var sample in Samples)
        {
            var whole = _serializer.ToBinary(sample);
            for (var round = 0; round < 200; round++)
            {
                var bytes = whole[..random.Next(whole.Length + 1)];
                for (var flips = random.Next(4); flips > 0 && bytes.Length > 0; flips--) bytes[random.Next(bytes.Length)] ^= (byte)(1 << random.Next(8));
                try
                {
                    Assert.IsType(sample.GetType(), _serializer.FromBinary(bytes, _serializer.Manifest(sample)));
                }
                catch (SerializationException refusal)
                {
                    Assert.Contains(_serializer.Manifest(sample), refusal.Message, StringComparison.Ordinal);
                }
            }
        }
    }

    private object Read(string manifest, string json) => _serializer.FromBinary(Encoding.UTF8.GetBytes(json), manifest);
}
