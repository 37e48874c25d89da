using System.Net;
using Serilog;
using Sweep.Coordinator.Trials;

namespace Sweep.Coordinator.Outlets;

/// <param name="Url">http or https.</param>
/// <param name="Events">Names of the events that are told.</param>
/// <param name="Secret">Signs what is sent; null for no signature.</param>
public sealed record WebhookSettings(Uri Url, IReadOnlySet<string> Events, byte[]? Secret);

/// <summary>
/// POSTs events to a URL, one after the other. What is answered by 2xx is taken; what fails for a time is tried again with growing pauses,
/// then left out and logged. A receiver may hear of an event twice: <c>X-Sweep-Delivery</c> is the same then.
/// </summary>
internal sealed class WebhookOutlet(WebhookSettings settings, long seen, TimeProvider time, ILogger log) : Outlet("The webhook", seen, log)
{
    private const int MostAttempts = 5;

    private static readonly TimeSpan AnswerLimit = TimeSpan.FromSeconds(10), FirstPause = TimeSpan.FromSeconds(1);

    private readonly HttpClient _http = new(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false }) { Timeout = AnswerLimit };

    /// <summary>How long to wait after so many attempts; null where another one would fare no better.</summary>
    /// <param name="status">Null where there was no answer.</param>
    public static TimeSpan? PauseAfter(int attempts, HttpStatusCode? status)
    {
        var isPassing = status is null or HttpStatusCode.RequestTimeout or HttpStatusCode.TooManyRequests || (int)status >= 500;
        return isPassing && attempts < MostAttempts ? FirstPause * Math.Pow(2, attempts - 1) : null;
    }

    protected override async Task HearAsync(long number, SweepState state, ISweepEvent sweepEvent, CancellationToken closing)
    {
        var message = WebhookMessage.Of(number, state, sweepEvent);
        if (!settings.Events.Contains(message.Event)) return;
        for (var attempts = 1; ; attempts++)
        {
            var (status, problem) = await SendAsync(message, closing);
            if (problem is null) return;
            if (PauseAfter(attempts, status) is not { } pause) throw new IOException($"{problem} ({attempts} attempts)");
            await Task.Delay(pause, time, closing);
        }
    }

    protected override ValueTask CloseAsync()
    {
        _http.Dispose();
        return ValueTask.CompletedTask;
    }

    private async Task<(HttpStatusCode? Status, string? Problem)> SendAsync(WebhookMessage message, CancellationToken closing)
    {
        try
        {
            using var request = message.ToRequest(settings.Url, settings.Secret);
            using var response = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, closing);
            return (response.StatusCode, response.IsSuccessStatusCode ? null : $"it answered {(int)response.StatusCode}");
        }
        catch (HttpRequestException exception)
        {
            return (null, exception.GetBaseException().Message);
        }
        catch (OperationCanceledException) when (!closing.IsCancellationRequested)
        {
            return (null, $"it did not answer within {AnswerLimit.TotalSeconds:0} s");
        }
    }
}
