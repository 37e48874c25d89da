using System.Buffers.Binary;
using Sweep.Shared;
using TorchSharp;
using static TorchSharp.torch;

namespace Sweep.GpuWorker.Formats;

/// <summary>
/// The safetensors format (huggingface.co/docs/safetensors): the header's length as 64 bits, little-endian, the header
/// (<see cref="SafetensorsHeader"/>), then all tensors' numbers, row by row, little-endian. Nothing in it is ever executed.
/// </summary>
public static class Safetensors
{
    /// <summary>Writes the file aside and renames it, tensor by tensor: no second copy of the whole is made.</summary>
    /// <param name="tensors">On any device; the file has those with the widest numbers first, so that all are aligned.</param>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public static void Write(string path, IEnumerable<KeyValuePair<string, Tensor>> tensors, IReadOnlyDictionary<string, string> metadata)
    {
        var ordered = tensors.OrderByDescending(entry => ElementType.Of(entry.Value.dtype).Bytes).ToList();
        var header = SafetensorsHeader.Of(ordered.Select(entry => (entry.Key, ElementType.Of(entry.Value.dtype), entry.Value.shape)), metadata).ToBytes();
        AtomicFile.Write(path, stream =>
        {
            var length = new byte[sizeof(ulong)];
            BinaryPrimitives.WriteUInt64LittleEndian(length, (ulong)header.Length);
            stream.Write(length);
            stream.Write(header);
            foreach (var (_, tensor) in ordered)
            {
                using var scope = NewDisposeScope();
                stream.Write(tensor.detach().cpu().contiguous().bytes);
            }
        });
    }

    /// <summary>Reads a whole file. The tensors are on the CPU; whoever calls disposes the file.</summary>
    /// <exception cref="BadFileException">It is missing, truncated or not valid; names file and expectation.</exception>
    public static SafetensorsFile Read(string path)
    {
        try
        {
            using var stream = File.OpenRead(path);
            var header = ReadHeader(stream, path);
            var tensors = new Dictionary<string, Tensor>();
            foreach (var entry in header.Entries) tensors[entry.Name] = ReadTensor(stream, entry);
            return new SafetensorsFile(path, tensors, header.Metadata);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new BadFileException($"{path}: {failure.Message}", failure);
        }
    }

    private static SafetensorsHeader ReadHeader(FileStream stream, string path)
    {
        var start = new byte[sizeof(ulong)];
        if (stream.ReadAtLeast(start, start.Length, throwOnEndOfStream: false) < start.Length)
            throw new BadFileException($"{path}: ends at offset {stream.Length}, expected 8 bytes with the length of the header");
        var length = BinaryPrimitives.ReadUInt64LittleEndian(start);
        if (length > SafetensorsHeader.MaxBytes)
            throw new BadFileException($"{path}: the header would have {length} bytes, expected at most {SafetensorsHeader.MaxBytes}: this is no safetensors file");
        var dataBytes = stream.Length - start.Length - (long)length;
        if (dataBytes < 0) throw new BadFileException($"{path}: ends at offset {stream.Length}, expected a header of {length} bytes");
        var header = new byte[length];
        stream.ReadExactly(header);
        return SafetensorsHeader.Parse(header, dataBytes, path);
    }

    private static Tensor ReadTensor(FileStream stream, TensorEntry entry)
    {
        var tensor = empty(entry.Shape, dtype: entry.Type.Torch).DetachFromDisposeScope();
        if (entry.End > entry.Begin) stream.ReadExactly(tensor.bytes);
        return tensor;
    }
}

/// <summary>What a safetensors file holds.</summary>
/// <param name="Path">For messages.</param>
public sealed record SafetensorsFile(string Path, IReadOnlyDictionary<string, Tensor> Tensors, IReadOnlyDictionary<string, string> Metadata) : IDisposable
{
    public void Dispose()
    {
        foreach (var tensor in Tensors.Values) tensor.Dispose();
    }
}
