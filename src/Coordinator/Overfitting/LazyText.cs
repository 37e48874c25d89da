using System.Text.Json;
using System.Text.Json.Serialization;

namespace Sweep.Coordinator.Overfitting;

/// <summary>A text that is made when it is asked for, each time anew: of very many, few ever are. Equal texts are equal.</summary>
[JsonConverter(typeof(LazyTextConverter))]
public readonly struct LazyText : IEquatable<LazyText>
{
    private readonly Func<string>? _make;

    public LazyText(Func<string> make) => _make = make;

    public static implicit operator LazyText(string text) => new(() => text);

    public bool Equals(LazyText other) => ToString() == other.ToString();

    public override bool Equals(object? obj) => obj is LazyText other && Equals(other);

    public override int GetHashCode() => ToString().GetHashCode(StringComparison.Ordinal);

    public override string ToString() => _make?.Invoke() ?? "";

    public static bool operator ==(LazyText left, LazyText right) => left.Equals(right);

    public static bool operator !=(LazyText left, LazyText right) => !left.Equals(right);
}

/// <summary>As any string.</summary>
public sealed class LazyTextConverter : JsonConverter<LazyText>
{
    public override LazyText Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => reader.GetString() ?? "";

    public override void Write(Utf8JsonWriter writer, LazyText value, JsonSerializerOptions options) => writer.WriteStringValue(value.ToString());
}
