using Akka.Actor;
using Sweep.Shared;
using Sweep.Shared.Protocol;

namespace Sweep.Bench.Reports;

/// <summary>How many epochs were acknowledged. Safe from any thread.</summary>
internal sealed class Acknowledgements
{
    private long _count;

    public long Count => Interlocked.Read(ref _count);

    public void Add() => Interlocked.Increment(ref _count);
}

/// <summary>Trains in no time: its next report goes out when the last one is acknowledged.</summary>
internal sealed class FakeWorker : ReceiveActor
{
    private static readonly DeviceDescription Device = new("CPU, 1 thread", 1, 1 << 30);

    public FakeWorker(WorkerId id, IActorRef sweep, Acknowledgements acknowledgements)
    {
        Receive<StartAttempt>(start => Report(start.Attempt, start.RecordedEpochs + 1));
        Receive<EpochAcknowledged>(acknowledged =>
        {
            acknowledgements.Add();
            if (acknowledged.Decision == TrialDecision.Continue) Report(acknowledged.Attempt, acknowledged.Epoch + 1);
            else sweep.Tell(new AttemptEnded(id, acknowledged.Attempt, AttemptEnding.Completed, null));
        });
        Receive<EndAcknowledged>(_ => Announce());
        Announce();

        void Announce() => sweep.Tell(new WorkerAvailable(id, Device, null));
        void Report(AttemptId attempt, int epoch) => sweep.Tell(new EpochReported(id, attempt, BenchSweep.Report(epoch)));
    }
}

/// <summary>Hears everything and does nothing: logs and files are not measured.</summary>
internal sealed class NoListener : Coordinator.Actors.ISweepListener
{
    public void Happened(long number, Coordinator.Trials.SweepState state, Coordinator.Trials.ISweepEvent sweepEvent) { }

    public void Progressed(AttemptId attempt, int epoch, double epochProgress) { }

    public void StoreLost(Exception cause) => Console.Error.WriteLine($"the store is lost: {cause}");

    public void StoreFound() { }

    public void Failed(Exception cause) => Console.Error.WriteLine($"an event cannot be stored: {cause}");
}

/// <summary>There is no other coordinator.</summary>
internal sealed class AlwaysOurs : Coordinator.Terms.ITerm
{
    public bool IsOurs => true;

    public Task Lost { get; } = new TaskCompletionSource().Task;

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
