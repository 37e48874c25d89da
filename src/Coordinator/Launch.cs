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
using Sweep.Coordinator.Views;
using Sweep.Shared;

namespace Sweep.Coordinator;

/// <summary>From what the command line asks for to sweeps that run, or to a refusal that says why. Results are exit codes.</summary>
public static class Launch
{
    /// <param name="output">
    /// The run folder, or for several sweeps the folder in which each has one of its name; null for folders named after sweep and time.
    /// </param>
    public static async Task<int> StartAsync(IReadOnlyList<string> sweepFiles, bool dryRun, string? output, StoreAddress? address, RunOptions options)
    {
        if (ReadAll(sweepFiles) is not { } files) return ExitCodes.BadInput;
        if (dryRun)
        {
            foreach (var file in files) Console.Write(PlanText.Of(SweepPlan.Of(file.Definition, Sampler.Create(file.Definition))));
            return ExitCodes.Done;
        }
        var now = TimeProvider.System.GetUtcNow();
        return await GuardAsync(async terms =>
        {
            var beginnings = new List<Launching>();
            foreach (var (file, path) in files.Zip(sweepFiles))
            {
                var folder = output is null ? RunFolder.DefaultPath(file.Definition.Name, now) : FolderIn(output, file, files.Count);
                if (Beginning(file, path, folder, address, terms, options) is not { } beginning) return ExitCodes.BadInput;
                beginnings.Add(beginning);
            }
            return await RunAsync(beginnings, options);
        });
    }

    /// <summary>
    /// As a service manager runs it, again and again with the same arguments: begins each run, or goes on with it where it has begun.
    /// What has ended, however it ended, is shown and not gone on with: that is for a person to decide.
    /// </summary>
    public static Task<int> ServeAsync(IReadOnlyList<string> sweepFiles, string output, bool isStandby, StoreAddress? address, RunOptions options) =>
        GuardAsync(async terms =>
        {
            if (sweepFiles is [var only] && RunFolder.HasBegun(output)) return await RunAsync([GoingOn(only, output)], options);
            if (ReadAll(sweepFiles) is not { } files) return ExitCodes.BadInput;
            var launchings = new List<Launching>();
            foreach (var (file, path) in files.Zip(sweepFiles))
            {
                var folder = FolderIn(output, file, files.Count);
                if ((RunFolder.HasBegun(folder) ? GoingOn(path, folder) : Beginning(file, path, folder, address, terms, options)) is not { } launching)
                    return ExitCodes.BadInput;
                launchings.Add(launching);
            }
            return await RunAsync(launchings, options);

            Launching GoingOn(string sweepFile, string folder)
            {
                var own = RunFolder.Open(folder).SweepFile;
                // The coordinator before this one may have ended before it had copied the sweep file.
                var isOwn = File.Exists(own);
                if (isOwn && File.Exists(sweepFile) && File.ReadAllText(sweepFile) != File.ReadAllText(own))
                    Console.Error.WriteLine($"warning: {folder} goes on with its own sweep file, and {sweepFile} differs from it: give another --output to begin with that");
                return new Launching(folder, () => GoOnAsync(folder, isOwn ? null : sweepFile, extend: false, isStandby, address, terms, options));
            }
        });

    /// <param name="sweepFile">Null for the one in each run folder.</param>
    /// <param name="address">How to reach the store of a run that has its history in PostgreSQL; null for what its folder says.</param>
    /// <param name="isStandby">Waits while another coordinator is at work on a run, and for it to fall silent.</param>
    public static Task<int> ResumeAsync(
        IReadOnlyList<string> runFolders, string? sweepFile, bool extend, bool isStandby, StoreAddress? address, RunOptions options) =>
        GuardAsync(terms => RunAsync(
            [.. runFolders.Select(folder => new Launching(folder, () => GoOnAsync(folder, sweepFile, extend, isStandby, address, terms, options)))], options));

    /// <summary>Null, with the reason shown, where the sweep is refused.</summary>
    private static Launching? Beginning(
        SweepFileResult.Valid file, string sweepFile, string path, StoreAddress? address, Terms terms, RunOptions options)
    {
        var opening = SweepOpening.Start(file, TimeProvider.System.GetUtcNow(), LessonsFor(file.Definition));
        if (Prepare(opening, sweepFile, options) is not { } prepared) return null;
        return new Launching(path, async () =>
        {
            var folder = RunFolder.Create(path);
            var store = StoreFor(folder, address);
            var term = terms.Add(await TakeTermAsync(folder, store, opening.Sweep, standby: null));
            if (address is not null) StoreNote.Write(folder.Store, new StoreNote(opening.Sweep, address.WithoutPassword));
            return new Launched.Ready(new ReadySweep(opening, prepared.Sampler, prepared.Plan, folder, store, term));
        });
    }

    private static async Task<Launched> GoOnAsync(
        string runFolder, string? sweepFile, bool extend, bool isStandby, StoreAddress? address, Terms terms, RunOptions options)
    {
        var folder = RunFolder.Open(runFolder);
        var note = StoreNote.Read(folder.Store);
        // Where the run began decides; an address given now may say how to get there.
        var store = StoreFor(folder, note is null ? null : address ?? note.Address);
        var term = terms.Add(await TakeTermAsync(folder, store, note?.Sweep, isStandby ? options.Status : null));
        if (StoredHistory.Find(store, note?.Sweep) is not { } history)
        {
            // The coordinator before this one ended before it had stored anything.
            if (Read(sweepFile ?? folder.SweepFile) is not { } first) return new Launched.Refused();
            var beginning = SweepOpening.Start(first, TimeProvider.System.GetUtcNow(), LessonsFor(first.Definition));
            return Ready(note is null ? beginning : beginning.As(note.Sweep));
        }
        if (Began(folder, sweepFile, history) is not { } began) return new Launched.Refused();
        var memory = history.Recall(began, folder.Snapshot);
        var state = memory.State;
        if (Given(folder, sweepFile, state) is not { } given) return new Launched.Refused();
        // A sweep that a person has interrupted, or that gave up, is for a person to go on with.
        if ((isStandby || options.HandsOver) && state.Ending is { } ending) return Show($"The sweep has ended ({ending}).", folder, history, memory, options);
        switch (ResumeDecision.Of(state, given, extend))
        {
            case ResumeDecision.Refused(var reason):
                Console.Error.WriteLine($"{sweepFile ?? folder.SweepFile}: {reason}");
                return new Launched.Refused();
            case ResumeDecision.Over:
                return Show(
                    $"The sweep has ended already ({ProgressWord(state)}); raise search.trials or limits and add --extend to go on.",
                    folder, history, memory, options);
            case ResumeDecision.GoOn(var extension):
                WarnOfAnotherVersion(state);
                return Ready(SweepOpening.Resume(memory, given, extension, LocalWorkers.IsOwned, TimeProvider.System.GetUtcNow()));
            case var other:
                throw new InvalidOperationException($"unknown decision {other}");
        }

        Launched Ready(SweepOpening opening) => Prepare(opening, folder.SweepFile, options) is { } prepared
            ? new Launched.Ready(new ReadySweep(opening, prepared.Sampler, prepared.Plan, folder, store, term))
            : new Launched.Refused();
    }

    private static async Task<int> RunAsync(IReadOnlyList<Launching> launchings, RunOptions options)
    {
        var launched = new Launched[launchings.Count];
        // Always in the same order, however they were given: coordinators that stand by never wait for each other.
        foreach (var (number, launching) in launchings.Index().OrderBy(entry => Path.GetFullPath(entry.Item.Folder), StringComparer.Ordinal))
        {
            launched[number] = await launching.OpenAsync();
            if (launched[number] is Launched.Refused) return ExitCodes.BadInput;
        }
        var codes = launched.OfType<Launched.Over>().Select(over => over.ExitCode).ToList();
        var ready = launched.OfType<Launched.Ready>().Select(one => one.Sweep).ToList();
        if (ready.Count > 0) codes.Add(await new CoordinatorRun(ready, options).RunAsync());
        return ExitCodes.Worst(codes);
    }

    /// <summary>Audits a run that nobody is at work on.</summary>
    public static async Task<int> VerifyAsync(string runFolder, StoreAddress? address) => await GuardAsync(async terms =>
    {
        var folder = RunFolder.Open(runFolder);
        var note = StoreNote.Read(folder.Store);
        var store = StoreFor(folder, note is null ? null : address ?? note.Address);
        terms.Add(await TakeTermAsync(folder, store, note?.Sweep, standby: null));
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

    /// <exception cref="IOException">A run to learn from is not there.</exception>
    private static ValueArray<RunLessons> LessonsFor(SweepDefinition definition) =>
        definition.Search.LearnFrom.Select(folder => RunLessons.Of(definition, folder, StoredRun.Read(folder).State)).ToValueArray();

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

    private static Launched.Over Show(string ending, RunFolder folder, StoredHistory history, SweepMemory memory, RunOptions options)
    {
        Console.WriteLine(ending);
        options.Status.Metrics.Follow(history.Sweep, memory.State, memory.Count, searchTrials: 0);
        options.Status.Views.Add(new SweepView(history.Sweep, memory.State, memory.Count, history.EventsAfter(0), folder, null, _ => null, TimeProvider.System));
        using (var log = RunLog.Open(folder.Log, options.Status.JsonLog)) SweepFollower.Restore(folder, history, memory.State, log);
        return new Launched.Over(SweepRun.Report(memory.State, folder, history));
    }

    /// <summary>Where a sweep of that file is at home: <paramref name="output"/> itself, unless several share it.</summary>
    private static string FolderIn(string output, SweepFileResult.Valid file, int sweeps) => sweeps == 1 ? output : Path.Combine(output, file.Definition.Name);

    /// <summary>What <paramref name="launch"/> takes of terms, it holds until it is over.</summary>
    private static async Task<int> GuardAsync(Func<Terms, Task<int>> launch)
    {
        try
        {
            await using var terms = new Terms();
            return await launch(terms);
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

    /// <summary>Null, with all that is wrong shown, where any file is.</summary>
    private static List<SweepFileResult.Valid>? ReadAll(IReadOnlyList<string> paths)
    {
        var files = paths.Select(Read).ToList();
        if (files.Any(file => file is null)) return null;
        if (files.GroupBy(file => file!.Definition.Name).FirstOrDefault(name => name.Count() > 1) is not { } same) return files!;
        Console.Error.WriteLine($"{string.Join(" and ", paths)}: more than one sweep is called {same.Key}; give each a name of its own");
        return null;
    }

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

    /// <summary>A sweep that is about to be opened.</summary>
    private sealed record Launching(string Folder, Func<Task<Launched>> OpenAsync);

    private abstract record Launched
    {
        public sealed record Ready(ReadySweep Sweep) : Launched;

        /// <summary>It has ended before; its results were shown.</summary>
        public sealed record Over(int ExitCode) : Launched;

        /// <summary>The reason was shown.</summary>
        public sealed record Refused : Launched;
    }

    private sealed class Terms : IAsyncDisposable
    {
        private readonly List<ITerm> _terms = [];

        public ITerm Add(ITerm term)
        {
            _terms.Add(term);
            return term;
        }

        public async ValueTask DisposeAsync()
        {
            foreach (var term in _terms) await term.DisposeAsync();
        }
    }
}
