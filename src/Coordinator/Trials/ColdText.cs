using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Sweep.Coordinator.Trials;

/// <summary>A text that is seldom read: see <see cref="ColdBytes"/>. Equal texts are equal, wherever they are.</summary>
[JsonConverter(typeof(ColdTextConverter))]
public readonly struct ColdText : IEquatable<ColdText>
{
    private readonly ColdBytes _bytes;

    private ColdText(ColdBytes bytes) => _bytes = bytes;

    public static implicit operator ColdText(string text) => new(new ColdBytes(Encoding.UTF8.GetBytes(text)));

    internal ColdText Archived() => new(ColdBytes.Keep(_bytes.Read()));

    public bool Equals(ColdText other) => _bytes.Read().AsSpan().SequenceEqual(other._bytes.Read());

    public override bool Equals(object? obj) => obj is ColdText other && Equals(other);

    public override int GetHashCode() => ToString().GetHashCode(StringComparison.Ordinal);

    public override string ToString() => Encoding.UTF8.GetString(_bytes.Read());

    public static bool operator ==(ColdText left, ColdText right) => left.Equals(right);

    public static bool operator !=(ColdText left, ColdText right) => !left.Equals(right);
}

/// <summary>As any string.</summary>
public sealed class ColdTextConverter : JsonConverter<ColdText>
{
    public override ColdText Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => reader.GetString() ?? "";

    public override void Write(Utf8JsonWriter writer, ColdText value, JsonSerializerOptions options) => writer.WriteStringValue(value.ToString());
}
