using System.Runtime.InteropServices;

namespace Sweep.GpuWorker.Devices;

/// <summary>
/// libtorch's own log. On processors that NNPACK does not know, it warns at nearly every convolution, although another library then
/// computes it as well: thousands of lines that would bury what a person has to read.
/// </summary>
internal static partial class LibtorchLog
{
    /// <summary>Errors only, unless the environment asks for something else. Call it before libtorch is loaded: that reads the variable once.</summary>
    public static void KeepErrorsOnly()
    {
        try
        {
            // .NET's own environment is a copy that native code does not see.
            _ = SetVariable("TORCH_CPP_LOG_LEVEL", "ERROR", overwrite: 0);
        }
        catch (Exception other) when (other is DllNotFoundException or EntryPointNotFoundException)
        {
            // Then it warns.
        }
    }

    [LibraryImport("libc.so.6", EntryPoint = "setenv", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int SetVariable(string name, string value, int overwrite);
}
