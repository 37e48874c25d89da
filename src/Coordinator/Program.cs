using System.CommandLine;
using Sweep.Coordinator;
using Sweep.Coordinator.Commands;
using Sweep.Shared.Status;

var root = RunCommand.Create();
Command[] commands =
[
    ValidateCommand.Create(), PlanCommand.Create(), StatusCommand.Create(), TrialsCommand.Create(), ShowCommand.Create(), WorkersCommand.Create(), WatchCommand.Create(),
    OrderCommands.Stop(), OrderCommands.Pause(), OrderCommands.Resume(), ExtendCommand.Create(), EnqueueCommand.Create(), DashboardCommand.Create(),
    ReportCommand.Create(), CompareCommand.Create(), ExportCommand.Create(), VerifyCommand.Create(), HealthCommand.Create(),
];
foreach (var command in commands) root.Add(command);

try
{
    var parsed = root.Parse(args);
    if (parsed.Errors.Count > 0)
    {
        foreach (var error in parsed.Errors) Console.Error.WriteLine(error.Message);
        return ExitCodes.BadInput;
    }
    // Signals are the sweep's own affair: it ends in order, however long that takes.
    return await parsed.InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = null, EnableDefaultExceptionHandler = false });
}
catch (Exception exception) when (exception is UsageException or IOException)
{
    Console.Error.WriteLine(exception.Message);
    return ExitCodes.BadInput;
}
