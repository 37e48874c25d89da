namespace Sweep.GpuWorker.Formats;

/// <summary>A file is missing, damaged, or not what was expected. The message names the file and the expectation.</summary>
public sealed class BadFileException(string message, Exception? inner = null) : Exception(message, inner);
