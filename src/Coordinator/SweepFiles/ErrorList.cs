using System.Collections.Immutable;
using Sweep.Coordinator.SweepFiles.Yaml;

namespace Sweep.Coordinator.SweepFiles;

/// <summary>Collects what is wrong with one file.</summary>
internal sealed class ErrorList(string path)
{
    private readonly HashSet<SweepFileError> _errors = [];

    public int Count => _errors.Count;

    public void Add(Mark mark, string message) => _errors.Add(new SweepFileError(path, mark.Line, mark.Column, message));

    public ImmutableArray<SweepFileError> InFileOrder() => [.. _errors.OrderBy(error => error.Line).ThenBy(error => error.Column)];
}
