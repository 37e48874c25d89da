using System.IO.Hashing;

namespace Sweep.Shared;

/// <summary>
/// Whether a checkpoint is whole, which both programs ask: the first bytes say what it is, and the last ones are the checksum of all
/// before them.
/// </summary>
public static class CheckpointSeal
{
    /// <summary>XxHash128.</summary>
    public const int ChecksumLength = 16;

    /// <summary><c>SWEEPCK1</c>; a new version for whatever changes in the layout, or in how equal configurations train.</summary>
    public static ReadOnlySpan<byte> Magic => "SWEEPCK1"u8;

    /// <summary>What keeps the file from being used; null where nothing does.</summary>
    public static string? ProblemWith(ReadOnlySpan<byte> file)
    {
        if (file.Length < Magic.Length + ChecksumLength) return "it is too short for a checkpoint";
        if (!file.StartsWith(Magic)) return "it is not a checkpoint of this version";
        return XxHash128.Hash(file[..^ChecksumLength]).AsSpan().SequenceEqual(file[^ChecksumLength..]) ? null : "it is damaged: its checksum differs";
    }
}
