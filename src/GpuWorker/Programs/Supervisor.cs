using System.ComponentModel;
using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Sweep.GpuWorker.Programs;

/// <summary>
/// Runs one program in a process of its own between worker and program, so that nothing of it outlives the attempt: neither a child that it leaves
/// behind, nor one that has made itself a daemon, nor the program itself when its worker is killed. Standard input is a pipe from the worker. Its
/// end, which the kernel sees to whatever becomes of the worker, means to stop: SIGTERM to all, and SIGKILL to what is left after the grace.
/// </summary>
/// <remarks>
/// The program inherits environment, standard output and standard error. Orphans become children of the supervisor, which finds them so, whatever
/// session or group they have moved to.
/// </remarks>
internal static class Supervisor
{
    public const string Verb = "supervise";

    /// <summary>As shells have it.</summary>
    public const int NotFound = 127;

    private static readonly TimeSpan LookAgain = TimeSpan.FromMilliseconds(50);

    /// <summary>What starts a supervisor: this very program, with these arguments before the command's own.</summary>
    /// <param name="self">The worker's program, with whatever stands before its arguments.</param>
    public static IEnumerable<string> CommandLine(IEnumerable<string> self, TimeSpan grace, IEnumerable<string> command) =>
        [.. self, Verb, ((long)grace.TotalMilliseconds).ToString(), .. command];

    /// <summary>The program's exit code; 128 and more where a signal ended it.</summary>
    /// <param name="arguments">What follows <see cref="Verb"/>.</param>
    public static int Run(IReadOnlyList<string> arguments)
    {
        var grace = TimeSpan.FromMilliseconds(long.Parse(arguments[0]));
        Linux.LeaveSession();
        Linux.AdoptOrphans();
        using var ignored = PosixSignalRegistration.Create(PosixSignal.SIGTERM, signal => signal.Cancel = true);
        using var ended = new ManualResetEventSlim();
        using var stop = new ManualResetEventSlim();
        if (Start(arguments[1], arguments.Skip(2), ended.Set) is not { } program) return NotFound;
        using (program)
        {
            new Thread(() => WatchOwner(stop)) { IsBackground = true, Name = "owner" }.Start();
            WaitHandle.WaitAny([ended.WaitHandle, stop.WaitHandle]);
            if (!ended.IsSet) Ask(grace);
            EndAll();
            program.WaitForExit();
            Linux.Reap();
            return program.ExitCode;
        }
    }

    private static Process? Start(string name, IEnumerable<string> arguments, Action ended)
    {
        var program = new Process { StartInfo = new ProcessStartInfo(name, arguments) { RedirectStandardInput = true }, EnableRaisingEvents = true };
        program.Exited += (_, _) => ended();
        try
        {
            program.Start();
            program.StandardInput.Close();
            return program;
        }
        catch (Win32Exception failure)
        {
            Console.Error.WriteLine($"{name} cannot be started: {failure.Message}");
            return null;
        }
    }

    private static void WatchOwner(ManualResetEventSlim stop)
    {
        using var input = Console.OpenStandardInput();
        while (input.ReadByte() >= 0) { }
        stop.Set();
    }

    private static void Ask(TimeSpan grace)
    {
        var clock = Stopwatch.StartNew();
        foreach (var process in ProcessTree.DescendantsOf(Environment.ProcessId)) Linux.Signal(process, Linux.Term);
        while (clock.Elapsed < grace && ProcessTree.DescendantsOf(Environment.ProcessId).Count > 0) Thread.Sleep(LookAgain);
    }

    /// <summary>Until none is left: what is being killed may still fork.</summary>
    private static void EndAll()
    {
        while (ProcessTree.DescendantsOf(Environment.ProcessId) is { Count: > 0 } left)
        {
            foreach (var process in left) Linux.Signal(process, Linux.Kill);
            Thread.Sleep(1);
        }
    }
}
