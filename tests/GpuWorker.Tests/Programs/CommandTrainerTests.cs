using System.Runtime.InteropServices;
using Sweep.GpuWorker.Programs;
using Sweep.GpuWorker.Training;
using Sweep.Shared;
using Sweep.Shared.Protocol;

namespace Sweep.GpuWorker.Tests.Programs;

/// <summary>Real programs, well-behaved and not: each ends as the attempt that it deserves, and leaves no process behind.</summary>
public sealed class CommandTrainerTests : IDisposable
{
    private const string Python = "/usr/bin/python3";

    /// <summary>What well-behaved ones begin with.</summary>
    private const string Prelude = """
        import json, os, signal, subprocess, sys, time
        epochs = int(os.environ["SWEEP_EPOCHS"])
        def report(epoch, **figures): print(json.dumps({"epoch": epoch, "validation_accuracy": epoch / 10, **figures}))

        """;

    /// <summary>Two processes that would live on: a plain child, and one that has left session, group and parent. The file has their numbers.</summary>
    private const string Family = """
        child = subprocess.Popen(["sleep", "1000"])
        if os.fork() == 0:
            os.setsid()
            if os.fork() > 0: os._exit(0)
            open("daemon", "w").write(str(os.getpid()))
            signal.signal(signal.SIGTERM, signal.SIG_IGN)
            while True: time.sleep(1000)
        os.wait()
        while not os.path.exists("daemon") or not open("daemon").read(): time.sleep(0.01)
        open("processes", "w").write(f"{os.getpid()} {child.pid} " + open("daemon").read())

        """;

    private static readonly AttemptId First = new(new SweepId("s"), new TrialId(1), 1);

    private static readonly string[] Worker =
        [Path.GetFullPath(Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "../../../dotnet")), Path.Combine(Torch.WorkerDirectory, "gpu-worker.dll")];

    private readonly TemporaryFolder _storage = new();
    private readonly TemporaryFolder _work = new();

    public void Dispose()
    {
        _storage.Dispose();
        _work.Dispose();
    }

    [Fact]
    public void A_program_s_reports_are_the_trial_s_epochs()
    {
        var seen = Run("for epoch in range(1, epochs + 1): print('training'); report(epoch, train_loss=1 / epoch, f1=0.5)");

        Assert.Equal((AttemptEnding.Completed, null), seen.Ending);
        Assert.Equal([0.1, 0.2, 0.3], seen.Reports.Select(report => report.Validation!.Accuracy!.Value));
        Assert.Equal([1, 2, 3], seen.Reports.Select(report => report.Epoch));
        Assert.All(seen.Reports, report => Assert.Equal(0.5, report.Metric("f1")));
        Assert.All(seen.Reports, report => Assert.True(report.Seconds > 0));
        Assert.Contains("training", File.ReadAllText(Path.Combine(_storage.Path, "trials", "1", "trial.log")), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(ParameterPassing.Arguments, "' '.join(sys.argv[1:])", "--rate 0.1 --layers [64, 32] --augment true --kind wide net")]
    [InlineData(ParameterPassing.Environment, "' '.join(os.environ['SWEEP_PARAM_' + name] for name in ['rate', 'layers', 'augment', 'kind'])", "0.1 [64, 32] true wide net")]
    [InlineData(ParameterPassing.File, "repr(json.load(open(os.environ['SWEEP_PARAMETERS'])))", "{'rate': 0.1, 'layers': [64, 32], 'augment': True, 'kind': 'wide net'}")]
    public void Parameters_reach_the_program(ParameterPassing passing, string read, string expected)
    {
        Run($"open('seen', 'w').write({read} + '|' + os.environ['SWEEP_SEED'])\nfor epoch in range(1, epochs + 1): report(epoch)", passing: passing);

        Assert.Equal($"{expected}|7", File.ReadAllText(_work["seen"]));
    }

    [Fact]
    public void Reports_may_go_to_a_file_and_stdout_is_then_text()
    {
        var seen = Run("""
            report(9)
            for epoch in range(1, epochs + 1): open(os.environ["SWEEP_REPORT_FILE"], "a").write(json.dumps({"epoch": epoch, "validation_accuracy": 0.5}) + "\n")
            """, place: ReportPlace.File);

        Assert.Equal((AttemptEnding.Completed, null), seen.Ending);
        Assert.Equal([1, 2, 3], seen.Reports.Select(report => report.Epoch));
    }

    [Theory]
    [InlineData("print('what is this'); print('{]'); sys.stdout.buffer.write(bytes(range(256)))", "python3 ended with exit code 0 after 0 of 3 epochs")]
    [InlineData("report(1); report(2)", "python3 ended with exit code 0 after 2 of 3 epochs")]
    [InlineData("report(1); raise ValueError('no such layer')", "python3 ended with exit code 1 after 1 of 3 epochs: ValueError: no such layer")]
    [InlineData("os.kill(os.getpid(), signal.SIGSEGV)", "python3 was ended by signal 11 after 0 of 3 epochs")]
    [InlineData("report(2)", "reported epoch 2, where epoch 1 was due; report every epoch once, in order")]
    [InlineData("report(1); report(1)", "reported epoch 1, where epoch 2 was due; report every epoch once, in order")]
    [InlineData("[report(epoch) for epoch in [1, 2, 3, 4]]", "reported epoch 4 of 3; end after the epochs that SWEEP_EPOCHS says")]
    [InlineData("print(json.dumps({'epoch': 1, 'train_loss': 0.5}))", "epoch 1 was reported without validation_accuracy, the sweep's objective")]
    [InlineData("report(1, train_accuracy=71)", "train_accuracy is 71, where accuracies are fractions from 0 to 1, in epoch 1")]
    [InlineData("report(1, checkpoint='1.pt')", "checkpoint 1.pt is not there")]
    [InlineData("report(1, checkpoint='../../1.pt')", "checkpoint ../../1.pt is not in the folder that SWEEP_CHECKPOINTS names")]
    public void A_program_that_keeps_not_to_the_contract_fails_in_words(string program, string detail)
    {
        var (ending, words) = Run(program).Ending;

        Assert.Equal(AttemptEnding.Failed, ending);
        Assert.StartsWith(detail, words, StringComparison.Ordinal);
    }

    [Fact]
    public void A_loss_that_is_not_a_number_is_a_divergence()
    {
        var seen = Run("report(1, train_loss=0.5); report(2, train_loss=float('nan')); time.sleep(1000)");

        Assert.Equal((AttemptEnding.Diverged, "train_loss is NaN in epoch 2"), seen.Ending);
        Assert.True(seen.Reports[^1].HasDiverged);
    }

    [Fact]
    public void Memory_that_ran_out_is_told_by_the_program_s_last_words() => Assert.Equal(
        AttemptEnding.OutOfMemory, Run("raise RuntimeError('CUDA out of memory. Tried to allocate 2.00 GiB')").Ending.Ending);

    [Fact]
    public void A_program_that_is_not_there_is_named() => Assert.StartsWith(
        "no-such-program ended with exit code 127 after 0 of 3 epochs: no-such-program cannot be started", Run([], ["no-such-program"]).Ending.Detail, StringComparison.Ordinal);

    [Fact]
    public void One_that_hangs_fails_and_its_children_are_gone()
    {
        var seen = Run(Family + "report(1)\ntime.sleep(1000)", reportWithin: 1);

        Assert.Equal((AttemptEnding.Failed, "reported nothing for 1 s"), seen.Ending);
        AssertNoneIsLeft();
    }

    [Fact]
    public void One_that_ends_in_order_leaves_no_children_behind()
    {
        var seen = Run(Family + "for epoch in range(1, epochs + 1): report(epoch)");

        Assert.Equal((AttemptEnding.Completed, null), seen.Ending);
        AssertNoneIsLeft();
    }

    [Fact]
    public void One_that_ignores_SIGTERM_stops_all_the_same()
    {
        var seen = Run(
            "signal.signal(signal.SIGTERM, signal.SIG_IGN)\n" + Family + "report(1)\nwhile True: time.sleep(1000)",
            onEpoch: runner => runner.Stop(AttemptEnding.Stopped));

        Assert.Equal((AttemptEnding.Stopped, null), seen.Ending);
        AssertNoneIsLeft();
    }

    [Fact]
    public void One_that_minds_SIGTERM_may_tidy_up()
    {
        var seen = Run(
            "signal.signal(signal.SIGTERM, lambda *_: (open('tidy', 'w').close(), sys.exit()))\nreport(1)\nwhile True: time.sleep(1000)",
            onEpoch: runner => runner.Stop(AttemptEnding.Released), grace: 60);

        Assert.Equal((AttemptEnding.Released, null), seen.Ending);
        Assert.True(File.Exists(_work["tidy"]));
    }

    [Fact]
    public void One_that_fills_its_output_fails_and_the_log_stays_small()
    {
        var seen = Run(Family + "while True: sys.stdout.write('x' * 100000 + '\\n')");

        Assert.Equal((AttemptEnding.Failed, "printed more than 64 MiB without a report"), seen.Ending);
        Assert.InRange(new FileInfo(Path.Combine(_storage.Path, "trials", "1", "trial.log")).Length, 1, TrialLog.Limit + ProgramAttempt.LongestLine + 1000);
        AssertNoneIsLeft();
    }

    [Fact]
    public void The_next_attempt_goes_on_from_the_checkpoint_that_was_told_of()
    {
        const string Program = """
            start = int(os.environ.get("SWEEP_RESUME_EPOCH", 0))
            if start: open("resumed", "w").write(open(os.environ["SWEEP_RESUME_FROM"]).read())
            for epoch in range(start + 1, epochs + 1):
                name = f"{epoch}.txt"
                open(os.path.join(os.environ["SWEEP_CHECKPOINTS"], name), "w").write(f"after {epoch}")
                report(epoch, checkpoint=name)
                if epoch == 2 and not start: time.sleep(1000)
            """;
        var first = Run(Program, onEpoch: runner => runner.Stop(AttemptEnding.Released), stopAfter: 2);
        var second = Run(Program, attempt: 2, recorded: 1);

        Assert.Equal((AttemptEnding.Released, null), first.Ending);
        Assert.Equal((AttemptEnding.Completed, null), second.Ending);
        Assert.Equal("after 2", File.ReadAllText(_work["resumed"]));
        // Epoch 2 is not recorded, and told again without being trained again.
        Assert.Equal([2, 3], second.Reports.Select(report => report.Epoch));
        Assert.Equal(first.Reports[1], second.Reports[0]);
    }

    [Fact]
    public void A_checkpoint_that_was_not_written_whole_is_not_told_of_and_the_trial_begins_anew()
    {
        Run("report(1)\nos.kill(os.getpid(), signal.SIGKILL)");
        var second = Run("for epoch in range(1, epochs + 1): report(epoch)", attempt: 2, recorded: 1);

        Assert.Equal((AttemptEnding.Completed, null), second.Ending);
        Assert.Equal([2, 3], second.Reports.Select(report => report.Epoch));
    }

    [Fact]
    public void A_worker_that_may_run_no_commands_says_so()
    {
        var observer = new Observer(null, 0);
        var runner = AttemptRunner.Start(Command(new CommandSettings([Python], null, default, default, TimeSpan.FromMinutes(1), TimeSpan.FromSeconds(1)), 1, 0), [], observer, Serilog.Core.Logger.None, Assert.Fail);
        runner.Wait(TimeSpan.FromMinutes(1));

        Assert.Equal((AttemptEnding.Failed, "this worker runs no commands; start it with --allow-commands"), observer.Ending);
    }

    private void AssertNoneIsLeft()
    {
        var processes = File.ReadAllText(_work["processes"]).Split(' ');
        Assert.Equal(3, processes.Length);
        Assert.All(processes, process => Assert.False(Directory.Exists($"/proc/{process}"), $"{process} is left"));
    }

    private Observer Run(
        string program, ParameterPassing passing = ParameterPassing.Arguments, ReportPlace place = ReportPlace.Stdout, Action<AttemptRunner>? onEpoch = null,
        int stopAfter = 1, int reportWithin = 60, int grace = 1, int attempt = 1, int recorded = 0)
    {
        Assert.SkipUnless(File.Exists(Python), $"there is no {Python}");
        File.WriteAllText(_work["train.py"], Prelude + program);
        return Run([onEpoch], [Python, _work["train.py"]], passing, place, stopAfter, reportWithin, grace, attempt, recorded);
    }

    private Observer Run(
        Action<AttemptRunner>?[] onEpoch, ValueArray<string> command, ParameterPassing passing = ParameterPassing.Arguments, ReportPlace place = ReportPlace.Stdout,
        int stopAfter = 1, int reportWithin = 60, int grace = 1, int attempt = 1, int recorded = 0)
    {
        var settings = new CommandSettings(command, _work.Path, passing, place, TimeSpan.FromSeconds(reportWithin), TimeSpan.FromSeconds(grace));
        var observer = new Observer(onEpoch is [{ } act] ? act : null, stopAfter);
        var runner = AttemptRunner.Start(Command(settings, attempt, recorded), [new CommandTrainer(Worker)], observer, Serilog.Core.Logger.None, Assert.Fail);
        observer.Runner.SetResult(runner);
        Assert.True(runner.Wait(TimeSpan.FromMinutes(2)));
        return observer;
    }

    private StartAttempt Command(CommandSettings settings, int attempt, int recorded)
    {
        var parameters = new Hyperparameters(
        [
            new("rate", new HyperparameterValue.Number(0.1)), new("layers", new HyperparameterValue.Integers([64, 32])),
            new("augment", new HyperparameterValue.Flag(true)), new("kind", new HyperparameterValue.Text("wide net")),
        ]);
        return new StartAttempt(
            First with { Number = attempt }, new CustomConfiguration(new TrainerSettings(null, settings), 3, parameters), Seed: 7, DataSeed: 1,
            new Objective(ObjectiveMetric.ValidationAccuracy), _storage.Path, recorded, TimeSpan.FromMinutes(1));
    }

    private sealed class Observer(Action<AttemptRunner>? onEpoch, int stopAfter) : IAttemptObserver
    {
        public TaskCompletionSource<AttemptRunner> Runner { get; } = new();

        public List<EpochReport> Reports { get; } = [];

        public (AttemptEnding Ending, string? Detail) Ending { get; private set; }

        public void EpochFinished(EpochReport report)
        {
            Reports.Add(report);
            if (report.Epoch == stopAfter) onEpoch?.Invoke(Runner.Task.Result);
        }

        public void Progressed(int epoch, double epochProgress) { }

        public void Ended(AttemptEnding ending, string? detail) => Ending = (ending, detail);
    }
}
