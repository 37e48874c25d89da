using System.CommandLine;
using Sweep.Coordinator.Histories;

namespace Sweep.Coordinator.Commands;

/// <summary><c>--store</c>, or the environment's word for it: how to reach a history in PostgreSQL.</summary>
internal sealed class StoreOption() : Option<string?>("--store")
{
    private const string Variable = "SWEEP_STORE";

    /// <summary>For runs that begin, too.</summary>
    public static StoreOption ForNewRuns() => new()
    {
        Description = $"Keep the history in PostgreSQL, at postgres://USER@HOST/DATABASE (default: {Variable}, else SQLite in the run folder)",
        HelpName = "URL",
    };

    public static StoreOption Create() => new()
    {
        Description = $"Where the run's history is, if it is in PostgreSQL and not where the run folder says (default: {Variable})",
        HelpName = "URL",
    };

    /// <summary>Null where neither says anything.</summary>
    /// <exception cref="UsageException">It is no such address.</exception>
    public StoreAddress? Read(ParseResult parsed)
    {
        var (option, variable) = (parsed.GetValue(this), Environment.GetEnvironmentVariable(Variable));
        if (option is null && string.IsNullOrEmpty(variable)) return null;
        try
        {
            return StoreAddress.Parse(option ?? variable!, mayHoldPassword: option is null).WithPasswordFile();
        }
        catch (Exception exception) when (exception is FormatException or IOException)
        {
            throw new UsageException($"{(option is null ? Variable : "--store")}: {exception.Message}");
        }
    }
}
