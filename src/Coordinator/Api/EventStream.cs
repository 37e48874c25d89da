using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Sweep.Coordinator.Views;

namespace Sweep.Coordinator.Api;

/// <summary>What happens to a sweep, as server-sent events. While nothing does, a comment now and then keeps proxies from taking the stream for dead.</summary>
internal sealed class EventStream(SweepView view, TimeProvider time) : IResult
{
    public const string ContentType = "text/event-stream";

    /// <summary>Well below the minute after which common proxies cut a connection that is silent.</summary>
    public static readonly TimeSpan Idle = TimeSpan.FromSeconds(15);

    public async Task ExecuteAsync(HttpContext httpContext)
    {
        var response = httpContext.Response;
        response.ContentType = ContentType;
        (response.Headers.CacheControl, response.Headers["X-Accel-Buffering"]) = ("no-cache, no-store", "no");
        httpContext.Features.GetRequiredFeature<IHttpResponseBodyFeature>().DisableBuffering();
        try
        {
            await WriteAllAsync(response, httpContext.RequestAborted);
        }
        catch (OperationCanceledException) when (httpContext.RequestAborted.IsCancellationRequested)
        {
            // Whoever listened has gone.
        }
    }

    private async Task WriteAllAsync(HttpResponse response, CancellationToken cancellation)
    {
        using var reader = view.Feed.Subscribe();
        // The first entry tells where the reader stands.
        await WriteAsync(response, new FeedEntry(view.Read(books => books.Number), "hello", null), cancellation);
        await using var entries = reader.ReadAllAsync(cancellation).GetAsyncEnumerator(cancellation);
        var next = entries.MoveNextAsync().AsTask();
        while (await IsThereAsync(response, next, cancellation))
        {
            await WriteAsync(response, entries.Current, cancellation);
            next = entries.MoveNextAsync().AsTask();
        }
    }

    private async Task<bool> IsThereAsync(HttpResponse response, Task<bool> next, CancellationToken cancellation)
    {
        while (true)
        {
            try
            {
                return await next.WaitAsync(Idle, time, cancellation);
            }
            catch (TimeoutException)
            {
                await response.WriteAsync(": nothing new\n\n", cancellation);
            }
        }
    }

    private static Task WriteAsync(HttpResponse response, FeedEntry entry, CancellationToken cancellation) =>
        response.WriteAsync($"data: {JsonSerializer.Serialize(entry, ApiJson.Default.FeedEntry)}\n\n", cancellation);
}
