using System.CommandLine;
using Sweep.GpuWorker.Devices;
using Sweep.GpuWorker.Replays;
using TorchSharp;

namespace Sweep.GpuWorker.Commands;

/// <summary><c>gpu-worker replay</c>: the losses of a recorded training, one a line, to compare with those of another program.</summary>
internal static class ReplayCommand
{
    public static Command Create()
    {
        var model = new Option<string>("--model") { Description = "A sweep file; its section `model` counts", HelpName = "MODEL.yaml", Required = true };
        var classes = new Option<int>("--classes") { Description = "Logits that the network gives", HelpName = "N", Required = true };
        var fixture = new Option<string>("--fixture") { Description = "Folder with reference.json, init.safetensors, images.f32 and labels.i64", HelpName = "DIR", Required = true };
        var precision = new Option<string>("--precision") { Description = "What to compute in", DefaultValueFactory = _ => "float32" };
        precision.AcceptOnlyFromAmong("float32", "float64");
        classes.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int>() < 1) result.AddError("--classes: give at least 1");
        });
        var command = new Command("replay", "Trains through a recorded training and prints the loss of each step.") { model, classes, fixture, precision };
        command.SetAction(parsed => CommandErrors.Guard(() =>
        {
            var settings = ModelSection.Read(parsed.GetValue(model)!);
            var recorded = Fixture.Read(parsed.GetValue(fixture)!, parsed.GetValue(classes));
            ComputeDevice.Open(threads: 1);
            var type = parsed.GetValue(precision) == "float64" ? torch.ScalarType.Float64 : torch.ScalarType.Float32;
            foreach (var loss in Replay.Losses(settings, parsed.GetValue(classes), recorded, type)) Console.WriteLine(loss.ToString("G12"));
        }));
        return command;
    }
}
