using Spectre.Console;

namespace Sweep.Coordinator.Commands;

/// <summary>Where commands print: what they print fits a terminal's width, and in files and pipes no line is ever broken.</summary>
internal static class CommandConsole
{
    /// <summary>Columns that no line reaches.</summary>
    private const int Endless = 100_000;

    public static IAnsiConsole Open()
    {
        if (Console.IsOutputRedirected) AnsiConsole.Console.Profile.Width = Endless;
        return AnsiConsole.Console;
    }
}
