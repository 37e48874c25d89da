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
        catch (HistoryException exception)
        {
            Console.Error.WriteLine(exception.Message);
            return ExitCodes.CannotGoOn;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            Console.Error.WriteLine(exception.Message);
            return ExitCodes.BadInput;
        }
    }
}
