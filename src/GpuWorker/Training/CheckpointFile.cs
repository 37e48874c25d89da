using System.Buffers.Binary;
using System.IO.Hashing;
using System.Text.Json;
using System.Text.Json.Serialization;
using Sweep.Shared;
using static TorchSharp.torch;

namespace Sweep.GpuWorker.Training;

/// <summary>
/// A checkpoint as a file:
/// <list type="table">
/// <item><term>8 bytes</term><description><c>SWEEPCK1</c>; the last character is the format's version</description></item>
/// <item><term>4 bytes</term><description>length of the header, little-endian</description></item>
/// <item><term>header</term><description>JSON: whose checkpoint it is, the finished epochs' reports, and each tensor's name, type and shape</description></item>
/// <item><term>data</term><description>the tensors' bytes, in the header's order</description></item>
/// <item><term>16 bytes</term><description>XxHash128 of everything before</description></item>
/// </list>
/// </summary>
public static class CheckpointFile
{
    private const int PrefixLength = 12;

    public static void Write(Stream stream, Checkpoint checkpoint)
    {
        var (epoch, network, optimizer) = checkpoint.Training;
        var header = JsonSerializer.SerializeToUtf8Bytes(
            new CheckpointHeader(checkpoint.Identity, checkpoint.Reports, epoch, [.. network.Select(EntryOf)], [.. optimizer.Select(EntryOf)]),
            CheckpointJson.Default.CheckpointHeader);
        var prefix = new byte[PrefixLength];
        CheckpointSeal.Magic.CopyTo(prefix);
        BinaryPrimitives.WriteInt32LittleEndian(prefix.AsSpan(CheckpointSeal.Magic.Length), header.Length);

        var checksum = new XxHash128();
        foreach (var part in (IEnumerable<byte[]>)[prefix, header, .. network.Concat(optimizer).Select(tensor => tensor.Bytes)])
        {
            checksum.Append(part);
            stream.Write(part);
        }
        stream.Write(checksum.GetCurrentHash());
    }

    /// <exception cref="InvalidDataException">The file is torn, of another format, or not of <paramref name="identity"/>; the message says which.</exception>
    public static Checkpoint Read(byte[] file, CheckpointIdentity identity)
    {
        if (CheckpointSeal.ProblemWith(file) is { } problem) throw new InvalidDataException(problem);
        var content = file.AsSpan(0, file.Length - CheckpointSeal.ChecksumLength);
        var headerLength = BinaryPrimitives.ReadInt32LittleEndian(content[CheckpointSeal.Magic.Length..]);
        var header = JsonSerializer.Deserialize(content.Slice(PrefixLength, headerLength), CheckpointJson.Default.CheckpointHeader)!;
        if (header.Identity != identity) throw new InvalidDataException("it is of another configuration or seed");
        var at = PrefixLength + headerLength;
        var network = header.Network.Select(entry => TensorAt(file, entry, ref at)).ToList();
        var optimizer = header.Optimizer.Select(entry => TensorAt(file, entry, ref at)).ToList();
        return new Checkpoint(header.Identity, header.Reports, new TrainingState(header.Epoch, network, optimizer));
    }

    private static SavedTensor TensorAt(byte[] file, TensorEntry entry, ref int at)
    {
        var bytes = file.AsSpan(at, entry.Bytes).ToArray();
        at += entry.Bytes;
        return new SavedTensor(entry.Name, entry.Type, entry.Shape, bytes);
    }

    private static TensorEntry EntryOf(SavedTensor tensor) => new(tensor.Name, tensor.Type, [.. tensor.Shape], tensor.Bytes.Length);
}

internal sealed record CheckpointHeader(
    CheckpointIdentity Identity,
    ValueArray<EpochReport> Reports,
    PartialEpoch Epoch,
    ValueArray<TensorEntry> Network,
    ValueArray<TensorEntry> Optimizer);

internal sealed record TensorEntry(string Name, ScalarType Type, ValueArray<long> Shape, int Bytes);

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    UseStringEnumConverter = true,
    NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals)]
[JsonSerializable(typeof(CheckpointHeader))]
[JsonSerializable(typeof(EpochReport))]
[JsonSerializable(typeof(Metric))]
[JsonSerializable(typeof(TensorEntry))]
[JsonSerializable(typeof(long))]
internal sealed partial class CheckpointJson : JsonSerializerContext;
