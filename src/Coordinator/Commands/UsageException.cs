namespace Sweep.Coordinator.Commands;

/// <summary>The command line or the environment asks for something that cannot be.</summary>
internal sealed class UsageException(string message) : Exception(message);
