using System.Collections;
using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Serialization;
using Sweep.Shared;

namespace Sweep.Coordinator.Trials;

/// <summary>
/// A trial's epochs in order. A log is immutable: adding makes another one, which shares the older one's memory. One that will hardly be read again is
/// <see cref="Archived"/>: a few bytes in memory, however many epochs there are. Whoever reads it notices nothing.
/// </summary>
[CollectionBuilder(typeof(EpochLog), nameof(Create))]
[JsonConverter(typeof(EpochLogConverter))]
public sealed class EpochLog : IReadOnlyList<EpochReport>
{
    /// <summary>The archived log that this thread read last: one is mostly read from end to end.</summary>
    [ThreadStatic]
    private static (EpochLog? Log, EpochReport[] Epochs) newest;

    private readonly ImmutableList<EpochReport>? _epochs;
    private readonly ColdBytes _archive;

    private EpochLog(ImmutableList<EpochReport> epochs) => (_epochs, Count) = (epochs, epochs.Count);

    private EpochLog(ColdBytes archive, int count) => (_archive, Count) = (archive, count);

    public static EpochLog Empty { get; } = new([]);

    public static EpochLog Create(ReadOnlySpan<EpochReport> epochs) => epochs.IsEmpty ? Empty : new(ImmutableList.Create(epochs));

    public int Count { get; }

    public bool IsEmpty => Count == 0;

    public EpochReport this[int index] => _epochs is not null ? _epochs[index] : Read()[index];

    public EpochLog Add(EpochReport epoch) => new((_epochs ?? ImmutableList.Create(Read())).Add(epoch));

    /// <summary>The same epochs, out of the way.</summary>
    public EpochLog Archived() => _epochs is null || IsEmpty ? this : new EpochLog(ColdBytes.Keep(ToBytes()), Count);

    public IEnumerator<EpochReport> GetEnumerator() => (_epochs ?? (IEnumerable<EpochReport>)Read()).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <summary>In the format of <see cref="EpochLogBytes"/>.</summary>
    internal byte[] ToBytes() => _epochs is null ? _archive.Read() : EpochLogBytes.Write(_epochs);

    /// <exception cref="EndOfStreamException">The bytes are cut short.</exception>
    internal static EpochLog Of(byte[] bytes)
    {
        var epochs = EpochLogBytes.Read(bytes);
        return epochs.Length == 0 ? Empty : new EpochLog(ColdBytes.Keep(bytes), epochs.Length);
    }

    private EpochReport[] Read()
    {
        if (newest.Log != this) newest = (this, EpochLogBytes.Read(_archive.Read()));
        return newest.Epochs;
    }
}

/// <summary>As one Base64 string: as JSON, the million epochs that a sweep may have would take a hundred times as long to read.</summary>
public sealed class EpochLogConverter : JsonConverter<EpochLog>
{
    public override EpochLog Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        try
        {
            return EpochLog.Of(reader.GetBytesFromBase64());
        }
        catch (EndOfStreamException exception)
        {
            throw new JsonException("a trial's epochs are cut short", exception);
        }
    }

    public override void Write(Utf8JsonWriter writer, EpochLog value, JsonSerializerOptions options) => writer.WriteBase64StringValue(value.ToBytes());
}
