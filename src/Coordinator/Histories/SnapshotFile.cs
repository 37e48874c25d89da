using System.IO.Hashing;
using System.Text.Json;
using Sweep.Coordinator.SweepFiles;
using Sweep.Coordinator.Trials;
using Sweep.Shared;

namespace Sweep.Coordinator.Histories;

/// <summary>
/// <c>history.snapshot</c> in the run folder: the state after so many events, so that a long history is known without reading all of it. It is
/// never needed. One that is missing, damaged, of another version of the program or of another history is passed over, and the events are
/// read.
/// </summary>
/// <remarks>XxHash128 of all that follows, the number of events, the program's version, and the state as JSON.</remarks>
public static class SnapshotFile
{
    private const int ChecksumLength = 16;

    /// <summary>Events between two snapshots, at least.</summary>
    internal const int Interval = 10_000;

    /// <summary>A snapshot is due when the history has grown by this share since the last one.</summary>
    private const int Share = 4;

    /// <summary>
    /// Each snapshot holds all trials, so that at equal distances all of them together would cost the square of the history. As it is, they write
    /// each trial some five times, and at most a fifth of the events is read one by one.
    /// </summary>
    /// <param name="inSnapshot">Events in the newest snapshot; 0 where there is none.</param>
    public static bool IsDue(long events, long inSnapshot) => events - inSnapshot >= Math.Max(Interval, inSnapshot / Share);

    /// <summary>As it is made, since the whole of it would take as much memory as the state.</summary>
    public static void Write(string path, SweepState state, long events) => AtomicFile.Write(path, file =>
    {
        file.Position = ChecksumLength;
        using var content = new HashedStream(file);
        using (var fields = new BinaryWriter(content, System.Text.Encoding.UTF8, leaveOpen: true))
        {
            fields.Write(events);
            fields.Write(ProgramVersion.Build);
        }
        JsonSerializer.Serialize(content, state.ToSnapshot(), SweepSnapshotJson.Default.SweepSnapshot);
        file.Position = 0;
        file.Write(content.Hash);
    });

    /// <summary>The state, and after how many events; null where it is of no use.</summary>
    /// <param name="began">The definition that the sweep began with.</param>
    public static (SweepState State, long Events)? Read(string path, SweepDefinition began)
    {
        if (!File.Exists(path)) return null;
        var file = File.ReadAllBytes(path);
        if (file.Length < ChecksumLength || !XxHash128.Hash(file.AsSpan(ChecksumLength)).AsSpan().SequenceEqual(file.AsSpan(0, ChecksumLength))) return null;
        using var fields = new BinaryReader(new MemoryStream(file, ChecksumLength, file.Length - ChecksumLength));
        var events = fields.ReadInt64();
        if (fields.ReadString() != ProgramVersion.Build) return null;
        var json = file.AsSpan(ChecksumLength + (int)fields.BaseStream.Position);
        return (SweepState.Restore(began, JsonSerializer.Deserialize(json, SweepSnapshotJson.Default.SweepSnapshot)!), events);
    }
}
