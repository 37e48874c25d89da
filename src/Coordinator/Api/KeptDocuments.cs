using System.Collections.Concurrent;
using System.IO.Hashing;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Sweep.Coordinator.Views;

namespace Sweep.Coordinator.Api;

/// <summary>
/// Documents about all trials of a sweep, kept as they are sent. One is made anew when something has happened since it was, but rests for twenty times as long
/// as that took: of a small sweep it is always new, and however large a sweep is and however many people look, all this takes a twentieth of one processor for
/// each document. Whoever has the newest already is told so by its tag.
/// </summary>
internal sealed class KeptDocuments(TimeProvider time)
{
    private const int RestsFor = 20;

    /// <summary>Axes of charts are in their keys.</summary>
    private const int MostKept = 500;

    private readonly ConcurrentDictionary<string, Slot> _slots = [];

    /// <param name="key">Of this view's document, with all that it depends on but the books.</param>
    /// <param name="excerpt">Taken while the books are held, so it must be quick.</param>
    /// <param name="make">Made of it while they are not.</param>
    public async Task<IResult> GetAsync<TExcerpt, TDocument>(SweepView view, string key, Func<SweepBooks, TExcerpt> excerpt, Func<TExcerpt, TDocument> make)
    {
        if (_slots.Count > MostKept) _slots.Clear();
        var slot = _slots.GetOrAdd($"{view.Sweep} {key}", _ => new Slot());
        await slot.Making.WaitAsync();
        try
        {
            var kept = slot.Newest;
            if (kept is null || (view.Read(books => books.Version) != kept.Version && time.GetElapsedTime(kept.MadeAt) >= kept.Took * RestsFor))
                slot.Newest = kept = Make(view, excerpt, make);
            return new KeptAnswer(kept);
        }
        finally
        {
            slot.Making.Release();
        }
    }

    private Kept Make<TExcerpt, TDocument>(SweepView view, Func<SweepBooks, TExcerpt> excerpt, Func<TExcerpt, TDocument> make)
    {
        var start = time.GetTimestamp();
        var (version, source) = view.Read(books => (books.Version, excerpt(books)));
        var content = JsonSerializer.SerializeToUtf8Bytes(make(source), typeof(TDocument), ApiJson.Default);
        return new Kept(version, content, $"\"{XxHash3.HashToUInt64(content):x16}\"", time.GetTimestamp(), time.GetElapsedTime(start));
    }

    private sealed class Slot
    {
        public SemaphoreSlim Making { get; } = new(1);

        public Kept? Newest { get; set; }
    }

    private sealed record Kept(long Version, byte[] Content, string Tag, long MadeAt, TimeSpan Took);

    private sealed class KeptAnswer(Kept kept) : IResult
    {
        public Task ExecuteAsync(HttpContext http)
        {
            http.Response.Headers.CacheControl = "no-cache";
            http.Response.Headers.ETag = kept.Tag;
            if (http.Request.Headers.IfNoneMatch == kept.Tag)
            {
                http.Response.StatusCode = StatusCodes.Status304NotModified;
                return Task.CompletedTask;
            }
            (http.Response.ContentType, http.Response.ContentLength) = ("application/json; charset=utf-8", kept.Content.Length);
            return http.Response.Body.WriteAsync(kept.Content, http.RequestAborted).AsTask();
        }
    }
}
