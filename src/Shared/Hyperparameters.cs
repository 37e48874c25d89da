using System.Collections;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Sweep.Shared;

/// <summary>The value of one searched setting in one trial.</summary>
[JsonConverter(typeof(HyperparameterValueConverter))]
public abstract record HyperparameterValue
{
    private HyperparameterValue() { }

    /// <exception cref="InvalidOperationException">The value is neither a number nor an integer.</exception>
    public double AsDouble() => this switch
    {
        Number number => number.Value,
        Integer integer => integer.Value,
        _ => throw new InvalidOperationException($"{this} is not a number"),
    };

    public sealed record Number(double Value) : HyperparameterValue
    {
        public override string ToString() => Value.ToString("R", CultureInfo.InvariantCulture);
    }

    public sealed record Integer(long Value) : HyperparameterValue
    {
        public override string ToString() => Value.ToString(CultureInfo.InvariantCulture);
    }

    public sealed record Flag(bool Value) : HyperparameterValue
    {
        public override string ToString() => Value ? "true" : "false";
    }

    public sealed record Text(string Value) : HyperparameterValue
    {
        public override string ToString() => Value;
    }

    public sealed record Integers(ValueArray<int> Values) : HyperparameterValue
    {
        public override string ToString() => Values.ToString();
    }
}

/// <summary>The searched settings of one trial by name, in the sweep file's order; a conditional one is there only where it exists.</summary>
[JsonConverter(typeof(HyperparametersConverter))]
public sealed class Hyperparameters(IEnumerable<KeyValuePair<string, HyperparameterValue>> values)
    : IEquatable<Hyperparameters>, IReadOnlyCollection<KeyValuePair<string, HyperparameterValue>>
{
    private readonly KeyValuePair<string, HyperparameterValue>[] _values = [.. values];

    public static Hyperparameters None { get; } = new([]);

    public int Count => _values.Length;

    /// <summary>Null where the trial has no such parameter.</summary>
    public HyperparameterValue? this[string name]
    {
        get
        {
            foreach (var (key, value) in _values)
                if (key == name) return value;
            return null;
        }
    }

    public bool Equals(Hyperparameters? other) => other is not null && _values.AsSpan().SequenceEqual(other._values);

    public override bool Equals(object? obj) => Equals(obj as Hyperparameters);

    public override int GetHashCode()
    {
        var hash = new HashCode();
        foreach (var entry in _values) hash.Add(entry);
        return hash.ToHashCode();
    }

    public IEnumerator<KeyValuePair<string, HyperparameterValue>> GetEnumerator() => _values.AsEnumerable().GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    public override string ToString() => string.Join(" ", _values.Select(entry => $"{entry.Key}={entry.Value}"));
}

/// <summary>Natural JSON; a <see cref="HyperparameterValue.Number"/> always has a decimal point or an exponent, so that it reads back as one.</summary>
public sealed class HyperparameterValueConverter : JsonConverter<HyperparameterValue>
{
    public override HyperparameterValue Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        switch (reader.TokenType)
        {
            case JsonTokenType.True or JsonTokenType.False: return new HyperparameterValue.Flag(reader.GetBoolean());
            case JsonTokenType.String: return new HyperparameterValue.Text(reader.GetString()!);
            case JsonTokenType.Number:
                return reader.ValueSpan.IndexOfAny(".eE"u8) < 0
                    ? new HyperparameterValue.Integer(reader.GetInt64())
                    : new HyperparameterValue.Number(reader.GetDouble());
            case JsonTokenType.StartArray:
                var values = new List<int>();
                while (reader.Read() && reader.TokenType != JsonTokenType.EndArray) values.Add(reader.GetInt32());
                return new HyperparameterValue.Integers(values.ToValueArray());
            default: throw new JsonException($"a hyperparameter cannot be a {reader.TokenType}");
        }
    }

    public override void Write(Utf8JsonWriter writer, HyperparameterValue value, JsonSerializerOptions options)
    {
        switch (value)
        {
            case HyperparameterValue.Flag flag: writer.WriteBooleanValue(flag.Value); break;
            case HyperparameterValue.Text text: writer.WriteStringValue(text.Value); break;
            case HyperparameterValue.Integer integer: writer.WriteNumberValue(integer.Value); break;
            case HyperparameterValue.Number number:
                var digits = number.ToString();
                writer.WriteRawValue(digits.AsSpan().IndexOfAny(".eE") < 0 ? digits + ".0" : digits);
                break;
            case HyperparameterValue.Integers integers:
                writer.WriteStartArray();
                foreach (var item in integers.Values) writer.WriteNumberValue(item);
                writer.WriteEndArray();
                break;
            default: throw new JsonException($"unknown kind of hyperparameter: {value.GetType()}");
        }
    }
}

public sealed class HyperparametersConverter : JsonConverter<Hyperparameters>
{
    private static readonly HyperparameterValueConverter Values = new();

    public override Hyperparameters Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        var entries = new List<KeyValuePair<string, HyperparameterValue>>();
        while (reader.Read() && reader.TokenType != JsonTokenType.EndObject)
        {
            var name = reader.GetString()!;
            reader.Read();
            entries.Add(new(name, Values.Read(ref reader, typeof(HyperparameterValue), options)));
        }
        return new Hyperparameters(entries);
    }

    public override void Write(Utf8JsonWriter writer, Hyperparameters value, JsonSerializerOptions options)
    {
        writer.WriteStartObject();
        foreach (var (name, item) in value)
        {
            writer.WritePropertyName(name);
            Values.Write(writer, item, options);
        }
        writer.WriteEndObject();
    }
}
