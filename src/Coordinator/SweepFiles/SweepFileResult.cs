using System.Collections.Immutable;

namespace Sweep.Coordinator.SweepFiles;

/// <summary>What reading a sweep file gives: something that can be run, or all that is wrong with it.</summary>
public abstract record SweepFileResult
{
    private SweepFileResult() { }

    public sealed record Valid(SweepDefinition Definition, SweepFileText File) : SweepFileResult;

    /// <param name="Errors">At least one, in the file's order.</param>
    public sealed record Invalid(ImmutableArray<SweepFileError> Errors) : SweepFileResult
    {
        public override string ToString() => string.Join(Environment.NewLine, Errors);
    }
}

/// <summary>One thing that is wrong, where it is, and what to do.</summary>
/// <param name="Line">From 1.</param>
/// <param name="Column">From 1.</param>
public sealed record SweepFileError(string Path, int Line, int Column, string Message)
{
    /// <summary><c>path:line:column: message</c>, always one line.</summary>
    public override string ToString() => $"{Path}:{Line}:{Column}: {Message}";
}
