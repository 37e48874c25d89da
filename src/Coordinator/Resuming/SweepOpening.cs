using System.Reflection;
using Sweep.Coordinator.Histories;
using Sweep.Coordinator.SweepFiles;
using Sweep.Coordinator.Trials;
using Sweep.Shared;

namespace Sweep.Coordinator.Resuming;

/// <summary>What a coordinator process begins with: a sweep from its first event, or one that others have begun.</summary>
/// <param name="Began">The definition that the sweep began with.</param>
/// <param name="History">What is stored.</param>
/// <param name="State">After that.</param>
/// <param name="SweepFile">As it lies in the run folder.</param>
/// <param name="Command">The first thing to do.</param>
public sealed record SweepOpening(
    SweepId Sweep, SweepDefinition Began, StoredHistory History, SweepState State, string SweepFile, ISweepCommand Command)
{
    /// <summary>Of this program; stored, since another version may decide otherwise.</summary>
    public static string Program { get; } = typeof(SweepOpening).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion.Split('+')[0];

    /// <summary>What this process runs.</summary>
    public SweepDefinition Definition => Command is ResumeSweep { Extension: { } extension } ? extension.Extend(State.Definition) : State.Definition;

    public static SweepOpening Start(SweepFileResult.Valid file, DateTimeOffset now)
    {
        var sweep = new SweepId($"{file.Definition.Name}-{Guid.NewGuid():N}");
        return new SweepOpening(
            sweep, file.Definition, StoredHistory.Empty, new SweepState(file.Definition), file.File.Text,
            new StartSweep(sweep, file.File, Program, now));
    }

    /// <summary>The same under a name that was chosen before.</summary>
    public SweepOpening As(SweepId sweep) => this with { Sweep = sweep, Command = ((StartSweep)Command) with { Sweep = sweep } };

    /// <param name="gone">Workers that are known to have ended with the coordinator before.</param>
    public static SweepOpening Resume(
        StoredHistory history, SweepDefinition began, SweepState state, SweepFileResult.Valid given, SweepExtension? extension,
        Func<WorkerId, bool> gone, DateTimeOffset now) =>
        new(history.Sweep!.Value, began, history, state, state.SweepFile ?? given.File.Text,
            new ResumeSweep(Guid.NewGuid(), Program, [.. state.Running.Keys.Where(gone)], extension, now));
}
