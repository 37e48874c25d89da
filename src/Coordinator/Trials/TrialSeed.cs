using System.Buffers.Binary;
using System.IO.Hashing;
using Sweep.Coordinator.SweepFiles;
using Sweep.Shared;

namespace Sweep.Coordinator.Trials;

/// <summary>
/// A trial's own seed, whatever worker runs it and however often.
/// <para>
/// Replicates with the same number share one seed across configurations (common random numbers), so that what a seed does to all
/// of them cancels out in their differences, and the paired test compares like with like. The exception is the first replicate of
/// a sweep that searches with one seed a configuration: it keeps the seed of its trial number, so that <c>final_replicates</c>
/// changes nothing in the search, and the pairs consist of results that had no part in choosing the best.
/// </para>
/// </summary>
public static class TrialSeed
{
    /// <summary>Trials are numbered from 1, so no trial's own seed is one that configurations share.</summary>
    private const int SharedByAllTrials = 0;

    public static long Of(SweepDefinition sweep, TrialId trial, int replicate) =>
        replicate == 1 && sweep.Replicates.OfEach == 1 ? OfTrial(sweep.Seed, trial) : OfReplicate(sweep.Seed, replicate);

    private static long OfTrial(long sweepSeed, TrialId trial)
    {
        Span<byte> bytes = stackalloc byte[sizeof(long) + sizeof(int)];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, sweepSeed);
        BinaryPrimitives.WriteInt32LittleEndian(bytes[sizeof(long)..], trial.Number);
        return SeedFrom(bytes);
    }

    private static long OfReplicate(long sweepSeed, int replicate)
    {
        Span<byte> bytes = stackalloc byte[sizeof(long) + 2 * sizeof(int)];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, sweepSeed);
        BinaryPrimitives.WriteInt32LittleEndian(bytes[sizeof(long)..], SharedByAllTrials);
        BinaryPrimitives.WriteInt32LittleEndian(bytes[(sizeof(long) + sizeof(int))..], replicate);
        return SeedFrom(bytes);
    }

    private static long SeedFrom(ReadOnlySpan<byte> bytes) => (long)(XxHash3.HashToUInt64(bytes) >> 1);
}
