using Sweep.GpuWorker.Training;
using Sweep.Shared;

namespace Sweep.GpuWorker.Programs;

/// <summary>Trains by running the program that the sweep file names. <c>docs/other-trainers.md</c> is the contract between the two.</summary>
/// <param name="self">How to start this worker's program, which supervises the other one.</param>
public sealed class CommandTrainer(IReadOnlyList<string> self) : ITrainer
{
    public string Name => TrainerSettings.CommandName;

    public AttemptEnd Train(Attempt attempt)
    {
        if (Directory.Exists(attempt.Folder.Storage))
        {
            Directory.CreateDirectory(attempt.Folder.Checkpoints);
            return new ProgramAttempt(attempt, self, Path.GetFullPath(attempt.Folder.Checkpoints)).Run();
        }
        attempt.Log.Warning("{Storage} is not to be reached from here: attempt {Attempt} keeps no checkpoints", attempt.Folder.Storage, attempt.Id.ToString());
        var folder = Directory.CreateTempSubdirectory("sweep-");
        try
        {
            return new ProgramAttempt(attempt, self, folder.FullName).Run();
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }
}
