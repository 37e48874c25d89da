namespace Sweep.Coordinator.Terms;

/// <summary>
/// The operating system's lock on an open file in the run folder: it ends with its process, however that ends, and nobody takes it
/// before. For histories that are in the folder.
/// </summary>
public sealed class FolderTerm : ITerm
{
    private readonly FileStream _lock;

    private FolderTerm(FileStream locked) => _lock = locked;

    public bool IsOurs => true;

    public Task Lost { get; } = new TaskCompletionSource().Task;

    /// <exception cref="IOException">Another coordinator is at work on the folder, or it cannot be written.</exception>
    public static FolderTerm Take(RunFolder folder)
    {
        try
        {
            var locked = new FileStream(folder.Lock, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            // Beside it, since nobody can read a file that is locked.
            File.WriteAllText(folder.LockHolder, $"{Environment.ProcessId} on {Environment.MachineName}");
            return new FolderTerm(locked);
        }
        catch (IOException exception) when (File.Exists(folder.Lock))
        {
            var known = File.Exists(folder.LockHolder) ? $" (process {File.ReadAllText(folder.LockHolder)})" : "";
            throw new IOException($"{folder.Path}: another coordinator is at work here{known}; end it, or wait for its end", exception);
        }
        catch (UnauthorizedAccessException exception)
        {
            throw new IOException($"{folder.Lock} cannot be written: {exception.Message}", exception);
        }
    }

    public ValueTask DisposeAsync() => _lock.DisposeAsync();
}
