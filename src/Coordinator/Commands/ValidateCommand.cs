using System.CommandLine;
using System.Text.Json;
using Sweep.Coordinator.SweepFiles;

namespace Sweep.Coordinator.Commands;

/// <summary><c>validate FILE</c>: all that is wrong with a sweep file.</summary>
internal static class ValidateCommand
{
    public static Command Create()
    {
        var file = new Argument<string>("FILE") { Description = "The sweep file" };
        var json = new Option<bool>("--json") { Description = "Print JSON: a list of errors, empty where there are none" };
        var command = new Command("validate", "Says all that is wrong with a sweep file; exit code 2 where something is. Example: coordinator validate sweeps/quickstart.yaml") { file, json };
        command.SetAction(parsed =>
        {
            var result = SweepFileReader.Read(parsed.GetValue(file)!);
            var errors = result is SweepFileResult.Invalid invalid ? invalid.Errors : [];
            if (parsed.GetValue(json))
                ApiCommand.PrintJson(JsonSerializer.SerializeToElement(errors.Select(error => new { path = error.Path, line = error.Line, column = error.Column, message = error.Message })));
            else if (errors.IsEmpty) Console.WriteLine($"{parsed.GetValue(file)}: nothing is wrong");
            else Console.Error.WriteLine(result);
            return errors.IsEmpty ? ExitCodes.Done : ExitCodes.BadInput;
        });
        return command;
    }
}
