using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text.Json;
using Sweep.Coordinator.Reports;
using Sweep.Coordinator.Trials;

namespace Sweep.Coordinator.Outlets;

/// <summary>An event as a webhook sends it. Fields are only added.</summary>
/// <param name="Event">Its name: <c>trial_finished</c>.</param>
/// <param name="Delivery">The sweep and the event's number in its history: the same however often it is sent.</param>
internal sealed record WebhookMessage(string Event, string Delivery, byte[] Body)
{
    public const string SignatureHeader = "X-Sweep-Signature", EventHeader = "X-Sweep-Event", DeliveryHeader = "X-Sweep-Delivery";

    /// <summary>Every name that an event may have.</summary>
    public static IEnumerable<string> EventNames => SweepEventSerializer.Table.Select(entry => NameOf(entry.Type));

    /// <summary>Those that most people want to hear of.</summary>
    public static readonly string[] CommonEvents = ["sweep_started", "sweep_resumed", "trial_finished", "sweep_finished"];

    public static WebhookMessage Of(long number, SweepState state, ISweepEvent sweepEvent)
    {
        var (name, sweep) = (NameOf(sweepEvent.GetType()), state.Sweep?.Value ?? "");
        using var body = new MemoryStream();
        using (var json = new Utf8JsonWriter(body))
        {
            json.WriteStartObject();
            json.WriteString("event", name);
            json.WriteString("sweep", sweep);
            json.WriteString("name", state.Definition.Name);
            json.WriteNumber("number", number);
            json.WriteString("at", sweepEvent.At);
            json.WritePropertyName("data");
            JsonSerializer.Serialize(json, sweepEvent, SweepEventJson.Default.GetTypeInfo(sweepEvent.GetType())!);
            if (RowOf(state, sweepEvent) is { } row)
            {
                json.WritePropertyName("trial");
                JsonSerializer.Serialize(json, row, LeaderboardJsonContext.Default.LeaderboardRow);
            }
            json.WriteEndObject();
        }
        return new WebhookMessage(name, $"{sweep}/{number}", body.ToArray());
    }

    /// <summary><c>sha256=</c> and the HMAC of the body, in hexadecimal digits: a receiver that knows the secret can tell that nobody else has sent it.</summary>
    public static string Signature(byte[] secret, byte[] body) => $"sha256={Convert.ToHexStringLower(HMACSHA256.HashData(secret, body))}";

    public HttpRequestMessage ToRequest(Uri url, byte[]? secret)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, url) { Content = new ByteArrayContent(Body) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        request.Headers.Add(EventHeader, Event);
        request.Headers.Add(DeliveryHeader, Delivery);
        if (secret is not null) request.Headers.Add(SignatureHeader, Signature(secret, Body));
        return request;
    }

    /// <summary>The trial that has ended; of a sweep's end, the winner.</summary>
    private static LeaderboardRow? RowOf(SweepState state, ISweepEvent sweepEvent) => sweepEvent switch
    {
        TrialFinished finished => LeaderboardRow.Of(state.Definition.Objective, state[finished.Trial], sweepEnded: true),
        SweepFinished => Leaderboard.Of(state).Winner,
        _ => null,
    };

    private static string NameOf(Type type) => JsonNamingPolicy.SnakeCaseLower.ConvertName(type.Name);
}
