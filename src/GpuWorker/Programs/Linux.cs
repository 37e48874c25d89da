using System.Runtime.InteropServices;

namespace Sweep.GpuWorker.Programs;

/// <summary>What a supervisor asks of the kernel, and .NET has no name for.</summary>
internal static partial class Linux
{
    public const int Term = 15, Kill = 9;

    private const int SetChildSubreaper = 36, NoHang = 1;

    /// <summary>From now on, children of descendants that end become this process's own, instead of the system's first one's.</summary>
    public static void AdoptOrphans() => _ = ProcessControl(SetChildSubreaper, 1, 0, 0, 0);

    /// <summary>Leaves the terminal and the group of the process that started this one: its signals are meant for others.</summary>
    public static void LeaveSession() => _ = NewSession();

    /// <summary>Nothing where the process has ended.</summary>
    public static void Signal(int process, int signal) => _ = SendSignal(process, signal);

    /// <summary>Frees the table entries of children that have ended.</summary>
    public static void Reap()
    {
        while (WaitFor(-1, 0, NoHang) > 0) { }
    }

    [LibraryImport("libc", EntryPoint = "prctl")]
    private static partial int ProcessControl(int option, nuint argument, nuint unused1, nuint unused2, nuint unused3);

    [LibraryImport("libc", EntryPoint = "setsid")]
    private static partial int NewSession();

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int SendSignal(int process, int signal);

    [LibraryImport("libc", EntryPoint = "waitpid")]
    private static partial int WaitFor(int process, nint status, int options);
}
