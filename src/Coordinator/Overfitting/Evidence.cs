using System.Text.Json;
using System.Text.Json.Serialization;
using Sweep.Shared;

namespace Sweep.Coordinator.Overfitting;

/// <summary>
/// One sentence with the numbers that a verdict rests on. It is made of the epochs when it is asked for, each time anew: of a hundred thousand, few ever are.
/// Equal sentences are equal.
/// </summary>
[JsonConverter(typeof(EvidenceConverter))]
public readonly struct Evidence : IEquatable<Evidence>
{
    private readonly Func<IReadOnlyList<EpochReport>, string>? _explain;

    /// <summary>The epochs, or the sentence itself.</summary>
    private readonly object? _from;

    public Evidence(IReadOnlyList<EpochReport> epochs, Func<IReadOnlyList<EpochReport>, string> explain) => (_from, _explain) = (epochs, explain);

    private Evidence(string sentence) => _from = sentence;

    public static implicit operator Evidence(string sentence) => new(sentence);

    public bool Equals(Evidence other) => ToString() == other.ToString();

    public override bool Equals(object? obj) => obj is Evidence other && Equals(other);

    public override int GetHashCode() => ToString().GetHashCode(StringComparison.Ordinal);

    public override string ToString() => _explain?.Invoke((IReadOnlyList<EpochReport>)_from!) ?? (string?)_from ?? "";

    public static bool operator ==(Evidence left, Evidence right) => left.Equals(right);

    public static bool operator !=(Evidence left, Evidence right) => !left.Equals(right);
}

/// <summary>As any string.</summary>
public sealed class EvidenceConverter : JsonConverter<Evidence>
{
    public override Evidence Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => reader.GetString() ?? "";

    public override void Write(Utf8JsonWriter writer, Evidence value, JsonSerializerOptions options) => writer.WriteStringValue(value.ToString());
}
