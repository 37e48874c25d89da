namespace Sweep.GpuWorker.Programs;

/// <summary>Who descends from whom, as /proc tells it.</summary>
internal static class ProcessTree
{
    /// <summary>Everything that a process has started, and what that has; not what has ended and is not reaped yet.</summary>
    public static List<int> DescendantsOf(int ancestor)
    {
        var children = Parents().ToLookup(entry => entry.Parent, entry => entry.Process);
        var found = new List<int>();
        var open = new Queue<int>([ancestor]);
        while (open.TryDequeue(out var parent))
        {
            foreach (var child in children[parent])
            {
                found.Add(child);
                open.Enqueue(child);
            }
        }
        return found;
    }

    private static IEnumerable<(int Process, int Parent)> Parents()
    {
        foreach (var folder in Directory.EnumerateDirectories("/proc"))
        {
            if (int.TryParse(Path.GetFileName(folder), out var process) && ParentOf(process) is { } parent) yield return (process, parent);
        }
    }

    /// <summary>Null for a process that has ended. The name, in brackets, may hold anything, brackets too.</summary>
    private static int? ParentOf(int process)
    {
        try
        {
            var stat = File.ReadAllText($"/proc/{process}/stat");
            return stat[(stat.LastIndexOf(')') + 2)..].Split(' ') is [not ("Z" or "X"), var parent, ..] ? int.Parse(parent) : null;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
