using System.Buffers;
using System.Text.Json;

namespace Sweep.GpuWorker.Formats;

/// <summary>Where a tensor's numbers are.</summary>
/// <param name="Begin">In bytes, from the end of the header.</param>
internal sealed record TensorEntry(string Name, ElementType Type, long[] Shape, long Begin, long End);

/// <summary>The JSON at the start of a safetensors file: <c>{"name": {"dtype", "shape", "data_offsets": [begin, end]}, …}</c>.</summary>
/// <param name="Entries">In the order of their data, which they cover without a gap or an overlap.</param>
/// <param name="Metadata"><c>__metadata__</c>: text by name.</param>
internal sealed record SafetensorsHeader(IReadOnlyList<TensorEntry> Entries, IReadOnlyDictionary<string, string> Metadata)
{
    /// <summary>As in the reference implementation: a length beyond this is no header but another kind of file, or an attack.</summary>
    public const long MaxBytes = 100_000_000;

    private const string MetadataKey = "__metadata__";

    /// <summary>Lays tensors out one after the other.</summary>
    public static SafetensorsHeader Of(
        IEnumerable<(string Name, ElementType Type, long[] Shape)> tensors, IReadOnlyDictionary<string, string> metadata)
    {
        var entries = new List<TensorEntry>();
        foreach (var (name, type, shape) in tensors)
        {
            var begin = entries is [.., var last] ? last.End : 0;
            entries.Add(new TensorEntry(name, type, shape, begin, begin + shape.Aggregate((long)type.Bytes, (product, size) => product * size)));
        }
        return new SafetensorsHeader(entries, metadata);
    }

    /// <summary>UTF-8, with spaces at the end up to a multiple of 8 bytes, so that the data behind it is aligned.</summary>
    public byte[] ToBytes()
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer)) Write(json);
        var padding = (8 - buffer.WrittenCount % 8) % 8;
        return [.. buffer.WrittenSpan, .. Enumerable.Repeat((byte)' ', padding)];
    }

    /// <param name="dataBytes">What the file has behind the header.</param>
    /// <exception cref="BadFileException">The header is not valid, or does not cover the data exactly.</exception>
    public static SafetensorsHeader Parse(ReadOnlyMemory<byte> bytes, long dataBytes, string path)
    {
        try
        {
            using var document = JsonDocument.Parse(bytes, new JsonDocumentOptions { AllowDuplicateProperties = false });
            return Parse(document.RootElement, dataBytes, path);
        }
        catch (Exception failure) when (failure is JsonException or InvalidOperationException or KeyNotFoundException or FormatException)
        {
            throw new BadFileException($"{path}: the header is not what safetensors has: {failure.Message}", failure);
        }
    }

    private static SafetensorsHeader Parse(JsonElement root, long dataBytes, string path)
    {
        var metadata = root.TryGetProperty(MetadataKey, out var texts)
            ? texts.EnumerateObject().ToDictionary(text => text.Name, text => text.Value.GetString() ?? throw new FormatException($"{text.Name} is not text"))
            : [];
        var entries = root.EnumerateObject().Where(property => property.Name != MetadataKey)
            .Select(property => Entry(property, path)).OrderBy(entry => entry.Begin).ThenBy(entry => entry.End).ToList();
        var end = 0L;
        foreach (var entry in entries)
        {
            if (entry.Begin != end)
                throw new BadFileException($"{path}: {entry.Name} begins at {entry.Begin}, expected {end}: data must neither overlap nor leave gaps");
            if (entry.End > dataBytes) throw new BadFileException($"{path}: {entry.Name} ends at {entry.End}, and the file has {dataBytes} bytes of data");
            end = entry.End;
        }
        if (end != dataBytes) throw new BadFileException($"{path}: the file has {dataBytes} bytes of data, expected {end}");
        return new SafetensorsHeader(entries, metadata);
    }

    private static TensorEntry Entry(JsonProperty property, string path)
    {
        var name = property.Value.GetProperty("dtype").GetString();
        var type = ElementType.ByName(name)
            ?? throw new BadFileException($"{path}: {property.Name} has the unknown dtype {name}; known: {ElementType.Names}");
        long[] shape = [.. property.Value.GetProperty("shape").EnumerateArray().Select(size => size.GetInt64())];
        long[] offsets = [.. property.Value.GetProperty("data_offsets").EnumerateArray().Select(offset => offset.GetInt64())];
        if (offsets is not [>= 0, >= 0]) throw new BadFileException($"{path}: {property.Name} has data_offsets [{string.Join(", ", offsets)}], expected [begin, end]");
        if (Length(shape, type.Bytes) is not { } length || offsets[1] - offsets[0] != length)
            throw new BadFileException(
                $"{path}: {property.Name} has {offsets[1] - offsets[0]} bytes, which is not what {name} of shape [{string.Join(", ", shape)}] needs");
        return new TensorEntry(property.Name, type, shape, offsets[0], offsets[1]);
    }

    /// <summary>In bytes; null where a size is negative or the product beyond 64 bits.</summary>
    private static long? Length(long[] shape, int elementBytes)
    {
        try
        {
            return shape.Any(size => size < 0) ? null : shape.Aggregate((long)elementBytes, (product, size) => checked(product * size));
        }
        catch (OverflowException)
        {
            return null;
        }
    }

    private void Write(Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteStartObject(MetadataKey);
        foreach (var (name, text) in Metadata) json.WriteString(name, text);
        json.WriteEndObject();
        foreach (var entry in Entries)
        {
            json.WriteStartObject(entry.Name);
            json.WriteString("dtype", entry.Type.Name);
            WriteNumbers("shape", entry.Shape);
            WriteNumbers("data_offsets", [entry.Begin, entry.End]);
            json.WriteEndObject();
        }
        json.WriteEndObject();

        void WriteNumbers(string name, long[] numbers)
        {
            json.WriteStartArray(name);
            foreach (var number in numbers) json.WriteNumberValue(number);
            json.WriteEndArray();
        }
    }
}
