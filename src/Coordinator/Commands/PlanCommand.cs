using System.CommandLine;
using Sweep.Coordinator.Plans;
using Sweep.Coordinator.Reports;
using Sweep.Coordinator.Samplers;
using Sweep.Coordinator.SweepFiles;

namespace Sweep.Coordinator.Commands;

/// <summary><c>plan FILE</c>: what a sweep file expands to, before anything runs.</summary>
internal static class PlanCommand
{
    public static Command Create()
    {
        var file = new Argument<string>("FILE") { Description = "The sweep file" };
        var json = new Option<bool>("--json") { Description = "Print JSON: what a run's plan.json holds" };
        var command = new Command("plan", "What a sweep file expands to; nothing is started. Example: coordinator plan sweeps/cifar100.yaml") { file, json };
        command.SetAction(parsed =>
        {
            var result = SweepFileReader.Read(parsed.GetValue(file)!);
            if (result is not SweepFileResult.Valid { Definition: var sweep })
            {
                Console.Error.WriteLine(result);
                return ExitCodes.BadInput;
            }
            var plan = SweepPlan.Of(sweep, Sampler.Create(sweep));
            if (parsed.GetValue(json)) PlanJson.Write(Console.OpenStandardOutput(), plan);
            else Console.Write(PlanText.Of(plan));
            return ExitCodes.Done;
        });
        return command;
    }
}
