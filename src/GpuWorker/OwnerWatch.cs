using System.Diagnostics;

namespace Sweep.GpuWorker;

/// <summary>
/// Ends this process when its coordinator does, whatever ended that: the coordinator holds the other end of standard input, and
/// the kernel closes it with the process. Works where training hangs too, since the process kills itself.
/// </summary>
public static class OwnerWatch
{
    /// <param name="farewell">Called before the end, to flush logs.</param>
    public static void Start(Action farewell)
    {
        var input = Console.OpenStandardInput();
        new Thread(() =>
        {
            while (HasMore(input)) { }
            farewell();
            Process.GetCurrentProcess().Kill();
        })
        { IsBackground = true, Name = "owner-watch" }.Start();
    }

    private static bool HasMore(Stream input)
    {
        try
        {
            return input.ReadByte() >= 0;
        }
        catch (IOException)
        {
            return false;
        }
    }
}
