using System.Text;
using Akka.Actor;
using Serilog;
using Serilog.Core;
using Spectre.Console;
using Sweep.Coordinator.Actors;
using Sweep.Coordinator.Api;
using Sweep.Coordinator.Displays;
using Sweep.Coordinator.Histories;
using Sweep.Coordinator.Outlets;
using Sweep.Coordinator.Plans;
using Sweep.Coordinator.Reports;
using Sweep.Coordinator.Samplers;
using Sweep.Coordinator.SweepFiles;
using Sweep.Coordinator.SweepReports;
using Sweep.Coordinator.Terms;
using Sweep.Coordinator.Trials;
using Sweep.Coordinator.Views;
using Sweep.Shared;

namespace Sweep.Coordinator;

/// <summary>One sweep of this process, from its definition, or from where another process has left it, to its leaderboard.</summary>
internal sealed class SweepRun : IDisposable
{
    private readonly ReadySweep _ready;
    private readonly Logger _file;
    private IProgressView? _view;
    private OpenOutlets? _outlets;
    private SweepFollower? _follower;
    private SweepView? _looked;
    private IDisposable? _note;
    private SweepState? _final;

    public SweepRun(ReadySweep ready, RunOptions options)
    {
        _ready = ready;
        _file = RunLog.Open(ready.Folder.Log, options.Status.JsonLog, isShared: ready.Term is HeldTerm);
        Log = _file.ForContext("Sweep", Id.Value);
        Log.Information(RunFacts.StartLine, ProgramVersion.Build, options.LocalWorkers, RunFacts.ThisMachine());
        if (ready.Term is HeldTerm { Number: var number }) Log.Information("Coordinator {Process} begins term {Term}", Environment.ProcessId, number);
    }

    public SweepId Id => _ready.Opening.Sweep;

    public ITerm Term => _ready.Term;

    public RunFolder Folder => _ready.Folder;

    public string Name => _ready.Opening.Definition.Name;

    /// <summary>Its trials are trained by whoever asks for them over the API, and not by workers.</summary>
    public bool IsExternal => _ready.Opening.Definition.Base.TrainerName == AskEndpoints.Trainer;

    public ILogger Log { get; }

    /// <summary>Why the sweep cannot go on in this process; null where it can, or has ended.</summary>
    public Exception? Failure { get; private set; }

    public bool GoesOn => _final is null && Failure is null;

    public bool IsStoreLost => _follower!.IsStoreLost;

    /// <summary>Why the sweep waits; null where it does not.</summary>
    public string? Problem => IsStoreLost ? "the history cannot be stored" : !Term.IsOurs ? "another coordinator may be at work" : null;

    /// <summary>Writes what a run folder begins with, and shows the sweep from here on.</summary>
    /// <returns>What the pool is to start.</returns>
    /// <param name="isAlone">No other sweep runs in this process.</param>
    public PooledSweep Begin(IProgressView view, RunOptions options, bool isAlone)
    {
        WriteFolder();
        var (opening, definition) = (_ready.Opening, _ready.Opening.Definition);
        if (definition.Search.Reason is { } reason) Log.Information("Search by {Algorithm}: {Reason}", definition.Search.Algorithm, reason);
        if (definition.Scheduler.Reason is { } because) Log.Information("Scheduler {Scheduler}: {Reason}", definition.Scheduler.Kind, because);
        var (state, seen) = (opening.State, opening.Memory.Count);
        (_view, _follower) = (view, new SweepFollower(state, seen, _ready.Plan.Trials, Folder, view, Log));
        if (state.Sweep is not null) view.Line($"resumed: {state.FinishedCount} trials have ended, {state.TrialCount - state.FinishedCount} go on");
        _outlets = new OpenOutlets((isAlone ? options.Outlets : options.Outlets.For(definition.Name)).Open(seen, Log));
        var looked = _looked = Look(options.Status);
        view.Follow(() => SweepGlance.Of(looked, TimeProvider.System.GetUtcNow()));
        _note = options.Status.Api is { } api ? ApiNote.Write(Folder, Id, api) : null;
        var listener = new SweepListeners([_follower, _looked, options.Status.Metrics.Follow(Id, state, seen, _ready.Plan.SearchTrials), .. _outlets.All]);
        var (store, decisions, storage, term) = (_ready.Store, new SweepDecisions(_ready.Sampler), Path.GetFullPath(Folder.Path), Term);
        return new PooledSweep(Id, opening.Definition.Sharing, pool => Props.Create(() => new SweepActor(
            new StoredHistory(store, opening.Sweep), opening.Memory, decisions, opening.Command, storage, term, listener, TimeProvider.System,
            options.Lease, pool)));
    }

    /// <summary>The sweep cannot go on in this process.</summary>
    public void Fail(Exception cause) => _follower!.Failed(cause);

    /// <summary>Completes when the sweep has ended or cannot go on.</summary>
    public async Task EndAsync()
    {
        try
        {
            _final = await _follower!.Ended;
        }
        catch (Exception exception) when (IsExpected(exception))
        {
            Failure = exception;
        }
    }

    public static bool IsExpected(Exception exception) =>
        exception is StoodDownException or HandedOverException or IOException or InvalidOperationException or HistoryException;

    /// <summary>Others go on: its results need not wait for theirs.</summary>
    public void ConcludeEarly()
    {
        try
        {
            if (_final is not null) Write(_final, Folder, ChronicleOf(_final, new StoredHistory(_ready.Store, Id)));
            _view!.Line(Failure is null ? $"the sweep has ended; everything is in {Folder.Path}" : $"the sweep cannot go on: {Failure.Message}");
        }
        catch (Exception exception) when (exception is IOException or HistoryException)
        {
            _view!.Line($"warning: {exception.Message}");
        }
    }

    /// <summary>Waits until everything is shown and written.</summary>
    public async Task FinishShowingAsync()
    {
        _note?.Dispose();
        if (_outlets is not null) await _outlets.DisposeAsync();
        if (_looked is not null) await _looked.DisposeAsync();
        if (_follower is not null) await _follower.DisposeAsync();
    }

    /// <summary>Shows how it ended; the exit code.</summary>
    /// <param name="cause">Why it never came to an end; null where it did, or has said itself why not.</param>
    public int Conclude(Exception? cause)
    {
        try
        {
            Failure ??= GoesOn ? cause : null;
            if (Failure is null) return Report(_final!, Folder, _looked!.WholeChronicle ?? ChronicleOf(_final!, new StoredHistory(_ready.Store, Id)));
        }
        catch (Exception exception) when (exception is IOException or HistoryException)
        {
            Failure = exception;
        }
        switch (Failure)
        {
            case StoodDownException:
                Log.Warning("Another coordinator has taken over: this one stands down");
                return ExitCodes.StoodDown;
            case HandedOverException:
                Log.Information("Told to end: the sweep goes on with the next coordinator");
                return ExitCodes.HandedOver;
            default:
                Log.Fatal(Failure, "The sweep cannot go on");
                return ExitCodes.CannotGoOn;
        }
    }

    /// <summary>Lets people look at the sweep from now on, even when it has ended.</summary>
    private SweepView Look(CoordinatorStatus status)
    {
        var (opening, past) = (_ready.Opening, new StoredHistory(_ready.Store, Id).EventsAfter(0));
        var view = new SweepView(
            Id, opening.State, opening.Memory.Count, past, Folder, _ready.Plan.Trials,
            definition => SweepPlan.Of(definition, Sampler.Create(definition)).Trials, TimeProvider.System)
        { IsAtWork = true };
        status.Views.Add(view);
        return view;
    }

    /// <summary>Shows and writes the leaderboard of a sweep that is over; the exit code.</summary>
    public static int Report(SweepState final, RunFolder folder, StoredHistory history) => Report(final, folder, ChronicleOf(final, history));

    private static int Report(SweepState final, RunFolder folder, SweepChronicle chronicle)
    {
        ConsoleLeaderboard.Write(AnsiConsole.Console, Write(final, folder, chronicle));
        Console.WriteLine($"Everything is in {folder.Path}");
        return ExitCodes.Of(final);
    }

    private static SweepChronicle ChronicleOf(SweepState final, StoredHistory history) => SweepChronicle.Of(final.Definition.Objective, history.EventsAfter(0));

    private static Leaderboard Write(SweepState final, RunFolder folder, SweepChronicle chronicle)
    {
        var board = Leaderboard.Of(final);
        LeaderboardFiles.Write(folder.Path, board);
        ReportFiles.Write(folder, SweepReport.Of(final, board, chronicle, RunFacts.Read(folder.Log)));
        return board;
    }

    public void Dispose() => _file.Dispose();

    private void WriteFolder()
    {
        var opening = _ready.Opening;
        AtomicFile.Write(Folder.SweepFile, stream => stream.Write(Encoding.UTF8.GetBytes(opening.SweepFile)));
        AtomicFile.Write(Folder.Plan, stream => PlanJson.Write(stream, _ready.Plan));
        if (opening.State.Sweep is null) return;
        SweepFollower.Restore(Folder, new StoredHistory(_ready.Store, opening.Sweep), opening.State, Log);
        // One from an interruption would pass for the end.
        if (LeaderboardFiles.AreIn(Folder.Path))
            LeaderboardFiles.Write(Folder.Path, Leaderboard.Of(SweepFacts.Of(opening.Definition), [.. opening.State.Trials], ended: false));
    }
}
