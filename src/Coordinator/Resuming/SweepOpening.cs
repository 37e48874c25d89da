using Sweep.Coordinator.Histories;
using Sweep.Coordinator.SweepFiles;
using Sweep.Coordinator.Trials;
using Sweep.Shared;

namespace Sweep.Coordinator.Resuming;

/// <summary>What a coordinator process begins with: a sweep from its first event, or one that others have begun.</summary>
/// <param name="Memory">Everything that is stored.</param>
/// <param name="SweepFile">As it lies in the run folder.</param>
/// <param name="Command">The first thing to do.</param>
public sealed record SweepOpening(
    SweepId Sweep, SweepMemory Memory, string SweepFile, ISweepCommand Command)
{
    /// <summary>Before the first thing is done.</summary>
    public SweepState State { get; } = Memory.State;

    /// <summary>What this process runs.</summary>
    public SweepDefinition Definition => Command is ResumeSweep { Extension: { } extension } ? extension.Extend(State.Definition) : State.Definition;

    /// <param name="lessons">Of the runs that the file wants to learn from.</param>
    public static SweepOpening Start(SweepFileResult.Valid file, DateTimeOffset now, ValueArray<RunLessons> lessons = default)
    {
        var sweep = new SweepId($"{file.Definition.Name}-{Guid.NewGuid():N}");
        return new SweepOpening(
            sweep, new SweepMemory(new SweepState(file.Definition), 0), file.File.Text, new StartSweep(sweep, file.File, ProgramVersion.Released, now, lessons));
    }

    /// <summary>The same under a name that was chosen before.</summary>
    public SweepOpening As(SweepId sweep) => this with { Sweep = sweep, Command = ((StartSweep)Command) with { Sweep = sweep } };

    /// <param name="gone">Workers that are known to have ended with the coordinator before.</param>
    public static SweepOpening Resume(
        SweepMemory memory, SweepFileResult.Valid given, SweepExtension? extension, Func<WorkerId, bool> gone, DateTimeOffset now) =>
        new(memory.State.Sweep!.Value, memory, memory.State.SweepFile ?? given.File.Text,
            new ResumeSweep(Guid.NewGuid(), ProgramVersion.Released, [.. memory.State.Running.Keys.Where(gone)], extension, now));
}
