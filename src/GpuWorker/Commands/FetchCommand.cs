using System.CommandLine;
using Sweep.GpuWorker.Data;
using Sweep.Shared.Datasets;

namespace Sweep.GpuWorker.Commands;

/// <summary><c>gpu-worker fetch</c>: has a data set ready before workers need it, once for all that share the cache.</summary>
internal static class FetchCommand
{
    public static Command Create()
    {
        var dataset = new Argument<string>("DATASET") { Description = "What a sweep file calls it" };
        dataset.AcceptOnlyFromAmong([.. DatasetFacts.FileNames]);
        var offline = new Option<bool>("--offline") { Description = "Download nothing: only say whether it is there" };
        var command = new Command("fetch", "Finds a data set, or downloads it, and checks that it is whole.") { dataset, offline };
        command.SetAction(parsed => CommandErrors.Guard(() =>
        {
            var store = new DatasetStore(DatasetPlaces.FromEnvironment(), mayDownload: !parsed.GetValue(offline));
            var data = new DatasetCache(store).Get(DatasetFacts.ByFileName(parsed.GetValue(dataset)!)!.Name);
            Console.WriteLine($"{data.Facts.FileName}: {data.Train.Count} images to train on and {data.Test.Count} to test on");
        }));
        return command;
    }
}
