using System.Collections.Immutable;
using System.Data.Common;
using Sweep.Coordinator.Audits;
using Sweep.Coordinator.Histories;
using Sweep.Coordinator.Plans;
using Sweep.Coordinator.Reports;
using Sweep.Coordinator.Resuming;
using Sweep.Coordinator.Samplers;
using Sweep.Coordinator.SweepFiles;
using Sweep.Coordinator.Terms;
using Sweep.Coordinator.Trials;
using Sweep.Shared;

namespace Sweep.Coordinator;

/// <summary>From what the command line asks for to a sweep that runs, or to a refusal that says why. Results are exit codes.</summary>
public static class Launch
{
    /// <param name="output">The run folder; null for one named after sweep and time.</param>
    public static async Task<int> StartAsync(string sweepFile, bool dryRun, string? output, StoreAddress? address, RunOptions options)
    {
        if (Read(sweepFile) is not { } file) return ExitCodes.BadInput;
        if (dryRun)
        {
            Console.Write(PlanText.Of(SweepPlan.Of(file.Definition, Sampler.Create(file.Definition))));
            return ExitCodes.Done;
        }
        var now = TimeProvider.System.GetUtcNow();
        return await GuardAsync(async () =>
        {
            var opening = SweepOpening.Start(file, now);
            if (Prepare(opening, sweepFile, options) is not { } prepared) return ExitCodes.BadInput;
            var folder = RunFolder.Create(output ?? RunFolder.DefaultPath(file.Definition.Name, now));
            var store = StoreFor(folder, address);
            await using var term = await TakeTermAsync(folder, store, opening.Sweep, isStandby: false);
            if (address is not null) StoreNote.Write(folder.Store, new StoreNote(opening.Sweep, address.WithoutPassword));
            return await RunAsync(opening, prepared, folder, store, term, options);
        });
    }

    /// <param name="sweepFile">Null for the one in the run folder.</param>
    /// <param name="address">How to reach the store of a run that has its history in PostgreSQL; null for what its folder says.</param>
    /// <param name="isStandby">Waits while another coordinator is at work on the run, and for it to fall silent.</param>
    public static async Task<int> ResumeAsync(
        string runFolder, string? sweepFile, bool extend, bool isStandby, StoreAddress? address, RunOptions options) =>
        await GuardAsync(async () =>
        {
            var folder = RunFolder.Open(runFolder);
            var note = StoreNote.Read(folder.Store);
            // Where the run began decides; an address given now may say how to get there.
            var store = StoreFor(folder, note is null ? null : address ?? note.Address);
            await using var term = await TakeTermAsync(folder, store, note?.Sweep, isStandby);
            var history = StoredHistory.Read(store, note?.Sweep);
            if (Given(folder, sweepFile, history) is not { } given) return ExitCodes.BadInput;
            if (history.Sweep is null) return await BeginAsync(folder, note, given, store, term, options);

            var began = history.Began is { } text ? SweepFileReader.ReadText(text, folder.SweepFile) : given;
            if (began is not SweepFileResult.Valid { Definition: var definition }) return Refuse(began.ToString());
            var state = history.Replay(definition);
            // A sweep that a person has interrupted, or that gave up, is for a person to go on with.
            if (isStandby && state.Ending is { } ending) return Show($"The sweep has ended ({ending}).", folder, history, state);
            switch (ResumeDecision.Of(state, given, extend))
            {
                case ResumeDecision.Refused(var reason):
                    return Refuse($"{sweepFile ?? folder.SweepFile}: {reason}");
                case ResumeDecision.Over:
                    return Show(
                        $"The sweep has ended already ({ProgressWord(state)}); raise search.trials or limits and add --extend to go on.",
                        folder, history, state);
                case ResumeDecision.GoOn(var extension):
                    var opening = SweepOpening.Resume(
                        history, definition, state, given, extension, LocalWorkers.IsOwned, TimeProvider.System.GetUtcNow());
                    WarnOfAnotherVersion(state);
                    return Prepare(opening, folder.SweepFile, options) is { } prepared
                        ? await RunAsync(opening, prepared, folder, store, term, options)
                        : ExitCodes.BadInput;
                case var other:
                    throw new InvalidOperationException($"unknown decision {other}");
            }
        });

    /// <summary>Audits a run that nobody is at work on.</summary>
    public static async Task<int> VerifyAsync(string runFolder, StoreAddress? address) => await GuardAsync(async () =>
    {
        var folder = RunFolder.Open(runFolder);
        var note = StoreNote.Read(folder.Store);
        var store = StoreFor(folder, note is null ? null : address ?? note.Address);
        await using var term = await TakeTermAsync(folder, store, note?.Sweep, isStandby: false);
        var history = StoredHistory.Read(store, note?.Sweep);
        if (history.Sweep is null)
        {
            Console.WriteLine($"{runFolder}: nothing was stored yet");
            return ExitCodes.Done;
        }
        var began = history.Began is { } text ? SweepFileReader.ReadText(text, folder.SweepFile) : SweepFileReader.Read(folder.SweepFile);
        if (Valid(began) is not { } file) return ExitCodes.CannotGoOn;
        var (problems, summary) = Audit(folder, history, file.Definition);
        foreach (var problem in problems) Console.WriteLine(problem);
        Console.WriteLine(problems.IsEmpty ? $"{runFolder}: {summary}; nothing is wrong" : $"{runFolder}: {summary}; {problems.Length} things are wrong");
        return problems.IsEmpty ? ExitCodes.Done : ExitCodes.AuditFailed;
    });

    private static (ImmutableArray<string> Problems, string Summary) Audit(RunFolder folder, StoredHistory history, SweepDefinition began)
    {
        SweepState state;
        try
        {
            state = history.Replay(began);
        }
        catch (KeyNotFoundException exception)
        {
            return ([$"the events contradict each other: {exception.Message}"], $"{history.Events.Length} events");
        }
        var summary = $"{history.Events.Length} events, {state.TrialCount} trials ({state.FinishedCount} ended, {state.Running.Count} running, "
            + $"{state.Waiting.Count} waiting, {state.Paused.Count} paused), {state.EpochsTotal} epochs, {RunAudit.CheckpointsIn(folder).Count()} checkpoints";
        return ([.. HistoryAudit.ProblemsIn(history.Events, state), .. RunAudit.ProblemsIn(folder, state)], summary);
    }

    /// <exception cref="IOException">Another coordinator is at work on the run.</exception>
    /// <exception cref="HistoryException">The store cannot be reached.</exception>
    private static async Task<ITerm> TakeTermAsync(RunFolder folder, HistoryStore store, SweepId? sweep, bool isStandby)
    {
        if (store is not PostgresStore postgres)
        {
            return isStandby
                ? throw new IOException($"--standby: {folder.Path} holds its own history; only runs that were begun with --store can be taken over")
                : FolderTerm.Take(folder);
        }
        try
        {
            return await HeldTerm.TakeAsync(postgres.TermOf(sweep!.Value), folder.Path, isStandby ? Console.WriteLine : null, TimeProvider.System);
        }
        catch (DbException exception)
        {
            throw new HistoryException($"{store.Name}: the history cannot be read: {exception.Message}", exception);
        }
    }

    private static HistoryStore StoreFor(RunFolder folder, StoreAddress? address) =>
        address is null ? new SqliteStore(folder.History) : new PostgresStore(address);

    /// <summary>The sweep file to resume with. The folder's own follows from the history, and may lag behind it, or be gone.</summary>
    private static SweepFileResult.Valid? Given(RunFolder folder, string? sweepFile, StoredHistory history)
    {
        var newest = history.SweepFiles.LastOrDefault();
        if (sweepFile is not null || newest is null) return Read(sweepFile ?? folder.SweepFile);
        var isStored = !File.Exists(folder.SweepFile) || history.SweepFiles.Contains(File.ReadAllText(folder.SweepFile));
        if (!isStored) return Read(folder.SweepFile);
        return Valid(SweepFileReader.ReadText(newest, folder.SweepFile));
    }

    /// <summary>The coordinator before this one ended before it had stored anything.</summary>
    private static async Task<int> BeginAsync(
        RunFolder folder, StoreNote? note, SweepFileResult.Valid given, HistoryStore store, ITerm term, RunOptions options)
    {
        var opening = SweepOpening.Start(given, TimeProvider.System.GetUtcNow());
        if (note is not null) opening = opening.As(note.Sweep);
        return Prepare(opening, folder.SweepFile, options) is { } prepared
            ? await RunAsync(opening, prepared, folder, store, term, options)
            : ExitCodes.BadInput;
    }

    private static (ISampler Sampler, SweepPlan Plan)? Prepare(SweepOpening opening, string sweepFile, RunOptions options)
    {
        var sampler = Sampler.Create(opening.Definition);
        var plan = SweepPlan.Of(opening.Definition, sampler);
        if (LocalWorkers.MemoryOfEach(options.LocalWorkers) is { } memory && plan.ProblemWithMemory(memory) is { } problem)
        {
            Console.Error.WriteLine($"{sweepFile}: {problem}");
            return null;
        }
        return (sampler, plan);
    }

    private static int Show(string ending, RunFolder folder, StoredHistory history, SweepState state)
    {
        Console.WriteLine(ending);
        using (var log = RunLog.Open(folder.Log)) SweepFollower.Restore(folder, history, state, log);
        return SweepRun.Report(state, folder);
    }

    private static async Task<int> RunAsync(
        SweepOpening opening, (ISampler Sampler, SweepPlan Plan) prepared, RunFolder folder, HistoryStore store, ITerm term, RunOptions options)
    {
        using var log = RunLog.Open(folder.Log, isShared: term is HeldTerm);
        if (term is HeldTerm { Number: var number }) log.Information("Coordinator {Process} begins term {Term}", Environment.ProcessId, number);
        try
        {
            return await new SweepRun(opening, prepared.Sampler, prepared.Plan, options, folder, store, term, log).RunAsync();
        }
        catch (StoodDownException exception)
        {
            log.Warning("Another coordinator has taken over: this one stands down");
            Console.Error.WriteLine(exception.Message);
            return ExitCodes.StoodDown;
        }
        catch (Exception exception) when (exception is IOException or InvalidOperationException)
        {
            log.Fatal(exception, "The sweep cannot go on");
            Console.Error.WriteLine(exception.Message);
            return ExitCodes.CannotGoOn;
        }
    }

    private static async Task<int> GuardAsync(Func<Task<int>> launch)
    {
        try
        {
            return await launch();
        }
        catch (IOException exception)
        {
            return Refuse(exception.Message);
        }
        catch (HistoryException exception)
        {
            Console.Error.WriteLine(exception.Message);
            return ExitCodes.CannotGoOn;
        }
    }

    private static void WarnOfAnotherVersion(SweepState state)
    {
        if (state.Program is { } program && program != SweepOpening.Program)
            Console.Error.WriteLine(
                $"warning: version {program} ran this sweep, and this is {SweepOpening.Program}: what is still to come may differ from what that would have done");
    }

    private static string ProgressWord(SweepState state) => state.Ending switch
    {
        SweepEnding.AllTrialsEnded => "all its trials have",
        SweepEnding.EpochLimit => "at its limit of epochs",
        SweepEnding.DurationLimit => "at its limit of time",
        SweepEnding.GpuHoursLimit => "at its limit of GPU hours",
        SweepEnding.TargetReached => "at its target",
        SweepEnding.PatienceSpent => "without a new best for as long as it may be",
        var other => throw new InvalidOperationException($"a sweep that ended by {other} can go on"),
    };

    private static SweepFileResult.Valid? Read(string path) => Valid(SweepFileReader.Read(path));

    private static SweepFileResult.Valid? Valid(SweepFileResult file)
    {
        if (file is SweepFileResult.Valid valid) return valid;
        Console.Error.WriteLine(file);
        return null;
    }

    private static int Refuse(string? reason)
    {
        Console.Error.WriteLine(reason);
        return ExitCodes.BadInput;
    }
}
