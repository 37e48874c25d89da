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
            await using var term = await TakeTermAsync(folder, store, opening.Sweep, standby: null);
            if (address is not null) StoreNote.Write(folder.Store, new StoreNote(opening.Sweep, address.WithoutPassword));
            return await RunAsync(opening, prepared, folder, store, term, options);
        });
    }

    /// <summary>
    /// As a service manager runs it, again and again with the same arguments: begins the run, or goes on with it where it has begun.
    /// What has ended, however it ended, is shown and not gone on with: that is for a person to decide.
    /// </summary>
    public static Task<int> ServeAsync(string sweepFile, string output, bool isStandby, StoreAddress? address, RunOptions options)
    {
        if (!RunFolder.HasBegun(output)) return StartAsync(sweepFile, dryRun: false, output, address, options);
        var own = RunFolder.Open(output).SweepFile;
        // The coordinator before this one may have ended before it had copied the sweep file.
        if (!File.Exists(own)) return ResumeAsync(output, sweepFile, extend: false, isStandby, address, options);
        if (File.Exists(sweepFile) && File.ReadAllText(sweepFile) != File.ReadAllText(own))
            Console.Error.WriteLine($"warning: {output} goes on with its own sweep file, and {sweepFile} differs from it: give another --output to begin with that");
        return ResumeAsync(output, sweepFile: null, extend: false, isStandby, address, options);
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
            await using var term = await TakeTermAsync(folder, store, note?.Sweep, isStandby ? options.Status : null);
            if (StoredHistory.Find(store, note?.Sweep) is not { } history)
                return Read(sweepFile ?? folder.SweepFile) is { } first ? await BeginAsync(folder, note, first, store, term, options) : ExitCodes.BadInput;
            if (Began(folder, sweepFile, history) is not { } began) return ExitCodes.BadInput;
            var memory = history.Recall(began, folder.Snapshot);
            var state = memory.State;
            if (Given(folder, sweepFile, state) is not { } given) return ExitCodes.BadInput;
            // A sweep that a person has interrupted, or that gave up, is for a person to go on with.
            if ((isStandby || options.HandsOver) && state.Ending is { } ending) return Show($"The sweep has ended ({ending}).", folder, history, memory, options);
            switch (ResumeDecision.Of(state, given, extend))
            {
                case ResumeDecision.Refused(var reason):
                    return Refuse($"{sweepFile ?? folder.SweepFile}: {reason}");
                case ResumeDecision.Over:
                    return Show(
                        $"The sweep has ended already ({ProgressWord(state)}); raise search.trials or limits and add --extend to go on.",
                        folder, history, memory, options);
                case ResumeDecision.GoOn(var extension):
                    var opening = SweepOpening.Resume(memory, given, extension, LocalWorkers.IsOwned, TimeProvider.System.GetUtcNow());
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
        await using var term = await TakeTermAsync(folder, store, note?.Sweep, standby: null);
        if (StoredHistory.Find(store, note?.Sweep) is not { } history)
        {
            Console.WriteLine($"{runFolder}: nothing was stored yet");
            return ExitCodes.Done;
        }
        if (Began(folder, null, history) is not { } began) return ExitCodes.CannotGoOn;
        var (problems, summary) = Audit(folder, history, began);
        foreach (var problem in problems) Console.WriteLine(problem);
        Console.WriteLine(problems.IsEmpty ? $"{runFolder}: {summary}; nothing is wrong" : $"{runFolder}: {summary}; {problems.Length} things are wrong");
        return problems.IsEmpty ? ExitCodes.Done : ExitCodes.AuditFailed;
    });

    private static (ImmutableArray<string> Problems, string Summary) Audit(RunFolder folder, StoredHistory history, SweepDefinition began)
    {
        SweepMemory memory;
        try
        {
            memory = history.Recall(began, snapshotFile: null);
        }
        catch (KeyNotFoundException exception)
        {
            return ([$"the events contradict each other: {exception.Message}"], "events that cannot be replayed");
        }
        var state = memory.State;
        var summary = $"{memory.Count} events, {state.TrialCount} trials ({state.FinishedCount} ended, {state.Running.Count} running, "
            + $"{state.Waiting.Count} waiting, {state.Paused.Count} paused), {state.EpochsTotal} epochs, {RunAudit.CheckpointsIn(folder).Count()} checkpoints";
        return ([.. HistoryAudit.ProblemsIn(history.EventsAfter(0), state), .. RunAudit.ProblemsIn(folder, state)], summary);
    }

    /// <param name="standby">Waits while another coordinator is at work, and says so here; null where that is a reason to give up.</param>
    /// <exception cref="IOException">Another coordinator is at work on the run.</exception>
    /// <exception cref="HistoryException">The store cannot be reached.</exception>
    private static async Task<ITerm> TakeTermAsync(RunFolder folder, HistoryStore store, SweepId? sweep, CoordinatorStatus? standby)
    {
        if (store is not PostgresStore postgres)
        {
            return standby is not null
                ? throw new IOException($"--standby: {folder.Path} holds its own history; only runs that were begun with --store can be taken over")
                : FolderTerm.Take(folder);
        }
        try
        {
            var table = postgres.TermOf(sweep!.Value);
            return await (standby is null
                ? HeldTerm.TakeAsync(table, folder.Path, standby: null, TimeProvider.System)
                : HeldTerm.TakeAsync(table, folder.Path, standby.StandsBy, TimeProvider.System, standby.Looked));
        }
        catch (DbException exception)
        {
            throw new HistoryException($"{store.Name}: the history cannot be read: {exception.Message}", exception);
        }
    }

    private static HistoryStore StoreFor(RunFolder folder, StoreAddress? address) =>
        address is null ? new SqliteStore(folder.History) : new PostgresStore(address);

    /// <summary>What the sweep began with; null, with the reason shown, where that is no sweep file. Histories of version 0.1 do not hold it.</summary>
    private static SweepDefinition? Began(RunFolder folder, string? sweepFile, StoredHistory history) =>
        (history.Event(1) is SweepStarted { SweepFile: { } text }
            ? Valid(SweepFileReader.ReadText(text, folder.SweepFile))
            : Read(sweepFile ?? folder.SweepFile))?.Definition;

    /// <summary>The sweep file to resume with. The folder's own follows from the history, and may lag behind it, or be gone.</summary>
    private static SweepFileResult.Valid? Given(RunFolder folder, string? sweepFile, SweepState state)
    {
        if (sweepFile is not null || state.SweepFile is null) return Read(sweepFile ?? folder.SweepFile);
        var isStored = !File.Exists(folder.SweepFile) || state.SweepFiles.Contains(File.ReadAllText(folder.SweepFile));
        return isStored ? Valid(SweepFileReader.ReadText(state.SweepFile, folder.SweepFile)) : Read(folder.SweepFile);
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

    private static int Show(string ending, RunFolder folder, StoredHistory history, SweepMemory memory, RunOptions options)
    {
        Console.WriteLine(ending);
        options.Status.Metrics.Follow(memory.State, memory.Count, searchTrials: 0);
        using (var log = RunLog.Open(folder.Log, options.Status.JsonLog)) SweepFollower.Restore(folder, history, memory.State, log);
        return SweepRun.Report(memory.State, folder, history);
    }

    private static async Task<int> RunAsync(
        SweepOpening opening, (ISampler Sampler, SweepPlan Plan) prepared, RunFolder folder, HistoryStore store, ITerm term, RunOptions options)
    {
        using var file = RunLog.Open(folder.Log, options.Status.JsonLog, isShared: term is HeldTerm);
        var log = file.ForContext("Sweep", opening.Sweep.Value);
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
        catch (HandedOverException exception)
        {
            log.Information("Told to end: the sweep goes on with the next coordinator");
            Console.WriteLine(exception.Message);
            return ExitCodes.HandedOver;
        }
        catch (Exception exception) when (exception is IOException or InvalidOperationException or HistoryException)
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
        if (state.Program is { } program && program != ProgramVersion.Released)
            Console.Error.WriteLine(
                $"warning: version {program} ran this sweep, and this is {ProgramVersion.Released}: what is still to come may differ from what that would have done");
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
