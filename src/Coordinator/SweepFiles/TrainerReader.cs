using System.Text.RegularExpressions;
using Sweep.Coordinator.SweepFiles.Yaml;
using Sweep.Shared;

namespace Sweep.Coordinator.SweepFiles;

/// <summary>The section <c>trainer</c>: who trains, where that is not the built-in trainer of networks.</summary>
internal static partial class TrainerReader
{
    private static readonly TimeSpan DefaultReportWithin = TimeSpan.FromHours(1), DefaultGrace = TimeSpan.FromSeconds(10);
    private static readonly string[] CommandKeys = ["folder", "parameters", "report", "report_within", "grace"];

    /// <summary>Names that mean something already.</summary>
    private static readonly string[] Taken = ["network", "command"];

    private static readonly NameTable<ParameterPassing> Passings = new(
        ("arguments", ParameterPassing.Arguments), ("environment", ParameterPassing.Environment), ("file", ParameterPassing.File));

    private static readonly NameTable<ReportPlace> Places = new(("stdout", ReportPlace.Stdout), ("file", ReportPlace.File));

    /// <summary>Null where the file has no such section. One in error reads as a trainer that nobody has.</summary>
    public static TrainerSettings? Read(Section file, ErrorList errors)
    {
        if (file.Entry("trainer") is not { } entry) return null;
        var section = Section.Open(entry, ["name", "command", .. CommandKeys], errors);
        if (section.Node("name") is not null && section.Node("command") is not null)
            errors.Add(section.Entry("name")!.Mark, "trainer: has both name and command; keep one of them");
        if (section.Node("command") is not null) return new TrainerSettings(null, ReadCommand(section, errors));
        section.Require("name", "missing `trainer.command`, such as [python3, train.py]; or give the `name` of a trainer that workers bring along");
        foreach (var key in CommandKeys)
            if (section.Entry(key) is { } stray) errors.Add(stray.Mark, $"trainer: {key} belongs to `command`; remove it");
        return new TrainerSettings(ReadName(section, errors) ?? "", null);
    }

    private static string? ReadName(Section section, ErrorList errors)
    {
        if (section.Text("name") is not { } name) return null;
        if (NamePattern().IsMatch(name) && !Taken.Contains(name)) return name;
        errors.Add(section.Node("name")!.Mark, Taken.Contains(name)
            ? $"name: `{name}` is no trainer of one's own; {(name == "command" ? "give `command` a program, such as [python3, train.py]" : "remove the section `trainer`")}"
            : $"name: `{Section.Shown(name)}` is no name; use 1 to 100 small letters, digits and hyphens");
        return null;
    }

    private static CommandSettings ReadCommand(Section section, ErrorList errors) => new(
        ReadArguments(section.Node("command")!, errors),
        ReadFolder(section, errors),
        section.Name("parameters", Passings.Type) is { } passing ? Passings.Of(passing) : ParameterPassing.Arguments,
        section.Name("report", Places.Type) is { } place ? Places.Of(place) : ReportPlace.Stdout,
        section.Duration("report_within") ?? DefaultReportWithin,
        section.Duration("grace") ?? DefaultGrace);

    private static ValueArray<string> ReadArguments(YamlNode node, ErrorList errors)
    {
        switch (node)
        {
            case YamlScalar scalar:
                errors.Add(node.Mark, $"command: no shell reads it, so that it is a list; write [{string.Join(", ", scalar.Display.Split(' ', StringSplitOptions.RemoveEmptyEntries))}]");
                return [];
            case YamlSequence { Items: [YamlScalar { IsNull: false, Text.Length: > 0 }, ..] } sequence when sequence.Items.All(item => item is YamlScalar):
                return sequence.Items.Select(item => ((YamlScalar)item).Text).ToValueArray();
            default:
                errors.Add(node.Mark, $"command: {node.Display} is not a program with its arguments; give a list of text, such as [python3, train.py]");
                return [];
        }
    }

    private static string? ReadFolder(Section section, ErrorList errors)
    {
        if (section.Text("folder") is not { } folder || Path.IsPathRooted(folder)) return section.Text("folder");
        errors.Add(section.Node("folder")!.Mark, $"folder: `{Section.Shown(folder)}` means another folder on each worker; give an absolute path, or leave it out for the one that workers start in");
        return null;
    }

    [GeneratedRegex(@"^[a-z0-9-]{1,100}\z")]
    private static partial Regex NamePattern();
}
