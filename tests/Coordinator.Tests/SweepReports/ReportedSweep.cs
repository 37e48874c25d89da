using Sweep.Coordinator.SweepReports;
using Sweep.Coordinator.Tests.Trials;
using Sweep.Shared;
using Sweep.Shared.Protocol;

namespace Sweep.Coordinator.Tests.SweepReports;

/// <summary>A sweep in which something of everything happened: results, an overfit trial, a failure that was tried again, a lost worker and a divergence.</summary>
internal static class ReportedSweep
{
    public const string Hostile = "Which <script>alert(1)</script> & \"rate\" wins? </textarea>{{ name }} | *is* `it`";

    public static TestSweep Ended(string description = Hostile, int trials = 12)
    {
        var sweep = new TestSweep($"description: '{description}'", trials, epochs: 6);
        Fail(sweep, AttemptEnding.Failed);
        Lose(sweep);
        Diverge(sweep);
        Overfit(sweep);
        sweep.RunToTheEnd(trial => 0.5 + 0.4 * trial.Id.Number / trials);
        Assert.NotNull(sweep.State.Ending);
        return sweep;
    }

    public static SweepReport Of(TestSweep sweep) => SweepReport.Of(sweep.State, sweep.Events, RunFacts.Of(
    [
        """{"@mt":"Coordinator {Program}","Program":"0.1.0+abc","LocalWorkers":2,"Machine":"Debian <12>, 2 cores"}""",
        """{"@mt":"Worker joined","Worker":"a#1","Device":"CPU, 1 thread"}""",
        """{"@mt":"Worker joined","Worker":"b#1","Device":"CPU, 1 thread"}""",
        "{\"torn\": \"Machine\":",
    ]));

    private static void Fail(TestSweep sweep, AttemptEnding ending)
    {
        var attempt = sweep.Assign(1)!.Value;
        sweep.Record(1, attempt, TestSweep.Report(1, heldOut: 0.3));
        sweep.End(1, attempt, ending);
    }

    private static void Lose(TestSweep sweep)
    {
        sweep.Assign(2);
        sweep.Lose(2);
    }

    private static void Diverge(TestSweep sweep)
    {
        var attempt = sweep.Assign(3)!.Value;
        sweep.Record(3, attempt, TestSweep.Report(sweep.State[attempt.Trial].Reports.Count + 1, trainLoss: double.NaN));
    }

    private static void Overfit(TestSweep sweep)
    {
        var attempt = sweep.Assign(4)!.Value;
        for (var epoch = sweep.State[attempt.Trial].Reports.Count + 1; sweep.State.Holds(attempt, TestSweep.Worker(4)); epoch++)
            sweep.Record(4, attempt, TestSweep.Report(epoch, train: 0.5 + 0.08 * epoch, heldOut: 0.45));
    }
}
