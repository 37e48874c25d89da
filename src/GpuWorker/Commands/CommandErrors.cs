using Sweep.GpuWorker.Data;
using Sweep.GpuWorker.Devices;
using Sweep.GpuWorker.Formats;

namespace Sweep.GpuWorker.Commands;

/// <summary>Bad input is one line on standard error and an exit code, never a stack trace.</summary>
internal static class CommandErrors
{
    public const int BadInput = 2;

    /// <summary>0, or <see cref="BadInput"/> where a file, a data set or libtorch is not what it should be.</summary>
    public static int Guard(Action action)
    {
        try
        {
            action();
            return 0;
        }
        catch (Exception failure) when (failure is BadFileException or DatasetException or NativeTorchException)
        {
            return Refuse(failure.Message);
        }
    }

    public static int Refuse(string problem)
    {
        Console.Error.WriteLine(problem);
        return BadInput;
    }
}
