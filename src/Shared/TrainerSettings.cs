using System.Text;

namespace Sweep.Shared;

/// <summary>Who trains, where that is not the built-in trainer of networks.</summary>
/// <param name="Name">Of a trainer that workers bring along; null where <paramref name="Command"/> says what to run.</param>
/// <param name="Command">The program that trains; null where <paramref name="Name"/> says who does.</param>
public sealed record TrainerSettings(string? Name, CommandSettings? Command)
{
    /// <summary>What workers call the trainer that runs programs.</summary>
    public const string CommandName = "command";

    internal void AppendCanonical(StringBuilder text)
    {
        if (Name is not null) text.Setting("trainer", Name);
        if (Command is { } command) text.Setting("command", command.Command);
    }
}

/// <summary>How a program learns its parameters.</summary>
public enum ParameterPassing
{
    /// <summary><c>--name value</c>, after the command's own arguments.</summary>
    Arguments,

    /// <summary><c>SWEEP_PARAM_name</c> in its environment.</summary>
    Environment,

    /// <summary>One JSON object in the file that <c>SWEEP_PARAMETERS</c> names.</summary>
    File,
}

/// <summary>Where a program reports its epochs, one JSON object a line.</summary>
public enum ReportPlace { Stdout, File }

/// <summary>A program that trains. <c>docs/other-trainers.md</c> is the contract between it and its worker.</summary>
/// <param name="Command">The program and its arguments; no shell reads them.</param>
/// <param name="Folder">What it runs in, as an absolute path: relative paths in <paramref name="Command"/> begin there. Null for the worker's own.</param>
/// <param name="ReportWithin">Silence, without report or progress, after which it counts as hung.</param>
/// <param name="Grace">What it is given between SIGTERM and SIGKILL.</param>
public sealed record CommandSettings(
    ValueArray<string> Command, string? Folder, ParameterPassing Parameters, ReportPlace Report, TimeSpan ReportWithin, TimeSpan Grace);
