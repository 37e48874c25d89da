using Sweep.Coordinator.Histories;

namespace Sweep.Coordinator.Commands;

/// <summary>What commands that read a run say where it cannot be read.</summary>
internal static class HistoryErrors
{
    public static int Guard(Func<int> command)
    {
        try
        {
            return command();
        }
        catch (Exception exception) when (ExitCodeOf(exception) is { } exitCode)
        {
            Console.Error.WriteLine(exception.Message);
            return exitCode;
        }
    }

    /// <summary>The same for commands that ask a coordinator, which may refuse.</summary>
    public static async Task<int> GuardAsync(Func<Task> command)
    {
        try
        {
            await command();
            return ExitCodes.Done;
        }
        catch (OrderRefusedException exception)
        {
            Console.Error.WriteLine(exception.Message);
            return ExitCodes.Refused;
        }
        catch (Exception exception) when (ExitCodeOf(exception) is { } exitCode)
        {
            Console.Error.WriteLine(exception.Message);
            return exitCode;
        }
    }

    /// <summary>Null for what is a fault of the program.</summary>
    public static int? ExitCodeOf(Exception exception) => exception switch
    {
        HistoryException => ExitCodes.CannotGoOn,
        IOException or UnauthorizedAccessException => ExitCodes.BadInput,
        _ => null,
    };
}
