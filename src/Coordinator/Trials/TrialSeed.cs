using System.Buffers.Binary;
using System.IO.Hashing;
using Sweep.Shared;

namespace Sweep.Coordinator.Trials;

/// <summary>A trial's own seed: from the sweep's seed and the trial's number, whatever worker runs it and however often.</summary>
public static class TrialSeed
{
    public static long Of(long sweepSeed, TrialId trial)
    {
        Span<byte> bytes = stackalloc byte[sizeof(long) + sizeof(int)];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, sweepSeed);
        BinaryPrimitives.WriteInt32LittleEndian(bytes[sizeof(long)..], trial.Number);
        return (long)(XxHash3.HashToUInt64(bytes) >> 1);
    }
}
