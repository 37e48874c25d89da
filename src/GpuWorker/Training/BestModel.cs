using Serilog;
using Sweep.GpuWorker.Formats;
using Sweep.Shared;
using Sweep.Shared.Protocol;
using TorchSharp;

namespace Sweep.GpuWorker.Training;

/// <summary>Keeps the model of an attempt's best epoch in the attempt's folder.</summary>
internal sealed class BestModel(StartAttempt command, ILogger log)
{
    private readonly AttemptFolder _folder = new(command.Storage, command.Attempt);
    private EpochReport? _best;
    private bool _isProblemLogged;

    /// <summary>An epoch of an earlier attempt, whose model has been copied if it was the best.</summary>
    public void Remember(EpochReport report)
    {
        if (command.Objective.IsNewBest(report, _best)) _best = report;
    }

    /// <summary>Writes the file where the epoch is the best so far. A file that cannot be written costs the file, not the attempt.</summary>
    public void Consider(torch.nn.Module network, EpochReport report)
    {
        if (!command.Objective.IsNewBest(report, _best)) return;
        _best = report;
        try
        {
            // Without this, a worker that cannot see the run folder would make one of its own.
            if (!Directory.Exists(command.Storage)) throw new DirectoryNotFoundException($"{command.Storage} is not there");
            Directory.CreateDirectory(_folder.Path);
            ModelFile.Save(_folder.BestModel, network, ModelDescription.Of(command.Attempt, (NetworkConfiguration)command.Configuration, report));
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            if (!_isProblemLogged)
                log.Warning("The best model of attempt {Attempt} cannot be kept: {Problem}. Workers on other machines need the run folder on shared storage",
                    command.Attempt.ToString(), failure.Message);
            _isProblemLogged = true;
        }
    }
}
