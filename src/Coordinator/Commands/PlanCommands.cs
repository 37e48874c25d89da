using System.CommandLine;
using System.Text.Json;
using Sweep.Coordinator.Plans;
using Sweep.Coordinator.Reports;
using Sweep.Coordinator.Samplers;
using Sweep.Coordinator.SweepFiles;

namespace Sweep.Coordinator.Commands;

/// <summary><c>validate</c> and <c>plan</c>: a sweep file looked at before anything runs.</summary>
internal static class PlanCommands
{
    public static Command Validate()
    {
        var (file, json) = (File(), new Option<bool>("--json") { Description = "Print JSON: a list of errors, empty where there are none" });
        var command = new Command("validate", "Says all that is wrong with a sweep file; exit code 2 where something is. Example: coordinator validate sweeps/quickstart.yaml") { file, json };
        command.SetAction(parsed =>
        {
            var result = SweepFileReader.Read(parsed.GetValue(file)!);
            var errors = result is SweepFileResult.Invalid invalid ? invalid.Errors : [];
            if (parsed.GetValue(json))
                SweepCommands.PrintJson(JsonSerializer.SerializeToElement(errors.Select(error => new { path = error.Path, line = error.Line, column = error.Column, message = error.Message })));
            else if (errors.IsEmpty) Console.WriteLine($"{parsed.GetValue(file)}: nothing is wrong");
            else Console.Error.WriteLine(result);
            return errors.IsEmpty ? ExitCodes.Done : ExitCodes.BadInput;
        });
        return command;
    }

    public static Command Plan()
    {
        var (file, json) = (File(), new Option<bool>("--json") { Description = "Print JSON: what a run's plan.json holds" });
        var command = new Command("plan", "What a sweep file expands to; nothing is started. Example: coordinator plan sweeps/cifar100.yaml") { file, json };
        command.SetAction(parsed =>
        {
            if (SweepFileReader.Read(parsed.GetValue(file)!) is not SweepFileResult.Valid valid)
            {
                Console.Error.WriteLine(SweepFileReader.Read(parsed.GetValue(file)!));
                return ExitCodes.BadInput;
            }
            var plan = SweepPlan.Of(valid.Definition, Sampler.Create(valid.Definition));
            if (parsed.GetValue(json)) PlanJson.Write(Console.OpenStandardOutput(), plan);
            else Console.Write(PlanText.Of(plan));
            return ExitCodes.Done;
        });
        return command;
    }

    private static Argument<string> File() => new("FILE") { Description = "The sweep file" };
}
