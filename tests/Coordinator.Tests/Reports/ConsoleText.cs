using Spectre.Console;

namespace Sweep.Coordinator.Tests.Reports;

/// <summary>A console of a given size that keeps what is written to it.</summary>
internal sealed class ConsoleText
{
    public ConsoleText(int width, int height = 24, bool ansi = false)
    {
        Console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Ansi = ansi ? AnsiSupport.Yes : AnsiSupport.No,
            ColorSystem = ansi ? ColorSystemSupport.Standard : ColorSystemSupport.NoColors,
            Interactive = InteractionSupport.No,
            Out = new AnsiConsoleOutput(Output),
        });
        (Console.Profile.Width, Console.Profile.Height, Console.Profile.Capabilities.Unicode) = (width, height, true);
    }

    public StringWriter Output { get; } = new() { NewLine = "\n" };

    public IAnsiConsole Console { get; }

    public string Text => Output.ToString();

    public string[] Lines => Text.ReplaceLineEndings("\n").TrimEnd('\n').Split('\n');
}
