using System.CommandLine;
using Sweep.GpuWorker.Data;
using Sweep.GpuWorker.Devices;
using Sweep.GpuWorker.Formats;
using Sweep.GpuWorker.Training;
using Sweep.Shared;
using Sweep.Shared.Datasets;
using TorchSharp;

namespace Sweep.GpuWorker.Commands;

/// <summary><c>gpu-worker evaluate</c>: scores a model file on all test images of a data set.</summary>
internal static class EvaluateCommand
{
    public static Command Create()
    {
        var modelFile = new Option<string>("--model-file") { Description = "A best.safetensors of a sweep", HelpName = "FILE", Required = true };
        var dataset = new Option<string>("--dataset") { Description = "Whose test images", Required = true };
        dataset.AcceptOnlyFromAmong([.. DatasetFacts.FileNames]);
        var batchSize = new Option<int>("--batch-size") { Description = "Images at a time", HelpName = "N", DefaultValueFactory = _ => Evaluator.BatchSize };
        var threads = new Option<int?>("--threads") { Description = "OpenMP threads (default: one a core)", HelpName = "N" };
        batchSize.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int>() < 1) result.AddError("--batch-size: give at least 1");
        });
        threads.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int?>() is < 1) result.AddError("--threads: give at least 1");
        });
        var command = new Command("evaluate", "Scores a model on a data set's test images.") { modelFile, dataset, batchSize, threads };
        command.SetAction(parsed => CommandErrors.Guard(() =>
        {
            var device = ComputeDevice.Open(parsed.GetValue(threads));
            var facts = DatasetFacts.ByFileName(parsed.GetValue(dataset)!)!;
            var (score, images) = Evaluate(parsed.GetValue(modelFile)!, facts, parsed.GetValue(batchSize), device);
            Console.WriteLine($"loss {score.Loss:G12}");
            Console.WriteLine($"accuracy {score.Accuracy:G12}");
            Console.WriteLine($"images {images}");
        }));
        return command;
    }

    /// <summary>Mean loss and accuracy over all test images, and their number.</summary>
    /// <exception cref="BadFileException">The file is no model, or not one for such images.</exception>
    /// <exception cref="DatasetException">The data set cannot be had.</exception>
    internal static (Evaluation Score, int Images) Evaluate(string modelFile, DatasetFacts facts, int batchSize, ComputeDevice device)
    {
        var (loaded, description) = ModelFile.Load(modelFile);
        using var network = loaded.to(device.Torch);
        if (description.Image != facts.Image || description.Classes != facts.Classes)
            throw new BadFileException(
                $"{modelFile}: the model takes images of {description.Image} and tells {description.Classes} classes apart; " +
                $"{facts.FileName} has images of {facts.Image} and {facts.Classes} classes");
        var test = new DatasetCache(new DatasetStore(DatasetPlaces.FromEnvironment())).Get(facts.Name).Test;
        using var sources = new BatchSources(device);
        using var images = sources.Of(test, [.. Enumerable.Range(0, test.Count)], batchSize, description.Normalization);
        return (Evaluator.Evaluate(network, images, device), test.Count);
    }
}
