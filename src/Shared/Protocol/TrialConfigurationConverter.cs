using System.Text.Json;
using System.Text.Json.Serialization;

namespace Sweep.Shared.Protocol;

/// <summary>
/// A configuration with its kind as the first field. Version 0.1 knew networks alone and says no kind: what has none is a network, and a node of
/// that version passes over the kind of one that it is sent.
/// </summary>
public sealed class TrialConfigurationConverter : JsonConverter<TrialConfiguration>
{
    private const string Kind = "kind", Network = "network", Custom = "custom";

    public override TrialConfiguration Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        using var document = JsonDocument.ParseValue(ref reader);
        if (document.RootElement.ValueKind != JsonValueKind.Object) throw new JsonException("a configuration is an object");
        var kind = document.RootElement.TryGetProperty(Kind, out var given) ? given.ToString() : Network;
        var type = kind switch
        {
            Network => typeof(NetworkConfiguration),
            Custom => typeof(CustomConfiguration),
            _ => throw new JsonException($"unknown kind of configuration '{kind}'"),
        };
        return (TrialConfiguration)document.RootElement.Deserialize(options.GetTypeInfo(type))!;
    }

    public override void Write(Utf8JsonWriter writer, TrialConfiguration value, JsonSerializerOptions options)
    {
        writer.WriteStartObject();
        writer.WriteString(Kind, value is NetworkConfiguration ? Network : Custom);
        using var fields = JsonSerializer.SerializeToDocument(value, options.GetTypeInfo(value.GetType()));
        foreach (var field in fields.RootElement.EnumerateObject()) field.WriteTo(writer);
        writer.WriteEndObject();
    }
}
