namespace Sweep.Bench.Fuzz;

/// <summary>
/// Looks from within a program under test at what it keeps: the heap after a full collection. From outside, memory that the runtime has not given
/// back yet cannot be told from a leak.
/// </summary>
internal static class HeapWatch
{
    /// <summary>The environment variable that names the file, which gets a line, in bytes, a look.</summary>
    public const string Variable = "SWEEP_HEAP_WATCH";

    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(5);

    public static void Start()
    {
        if (Environment.GetEnvironmentVariable(Variable) is not { } file) return;
        new Thread(() =>
        {
            while (true)
            {
                File.AppendAllText(file, $"{GC.GetTotalMemory(forceFullCollection: true)}\n");
                Thread.Sleep(Interval);
            }
        })
        { IsBackground = true, Name = "heap watch" }.Start();
    }
}
