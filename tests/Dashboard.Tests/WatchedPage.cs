using System.Collections.Concurrent;

namespace Sweep.Dashboard.Tests;

/// <summary>A page whose errors are counted, and that may ask nobody but its server.</summary>
public sealed class WatchedPage : IAsyncDisposable
{
    private readonly IBrowserContext _context;
    private readonly ConcurrentQueue<string> _problems = [];
    private readonly ConcurrentQueue<string> _requests = [];
    private readonly Uri _address;

    private WatchedPage(IBrowserContext context, IPage page, Uri address)
    {
        (_context, Page, _address) = (context, page, address);
        page.Console += (_, message) =>
        {
            if (message.Type is "error" or "warning") _problems.Enqueue($"{message.Type}: {message.Text} ({message.Location})");
        };
        page.PageError += (_, error) => _problems.Enqueue(error);
        page.Request += (_, request) => _requests.Enqueue(request.Url);
    }

    public IPage Page { get; }

    public Uri Address => _address;

    internal static async Task<WatchedPage> OpenAsync(IBrowserContext context, Uri address)
    {
        context.SetDefaultTimeout((float)Programs.Limit.TotalMilliseconds);
        var page = new WatchedPage(context, await context.NewPageAsync(), address);
        await page.Page.GotoAsync(address.ToString());
        return page;
    }

    /// <summary>To a page of the dashboard: <c>compare?trials=1,2</c>; the sweep's own is the empty string.</summary>
    public async Task GoAsync(string part)
    {
        var sweep = await SweepAsync();
        await Page.EvaluateAsync("to => { location.hash = to; }", part.Length == 0 ? $"#/{sweep}" : $"#/{sweep}/{part}");
        await ReadyAsync();
    }

    /// <summary>When the page that the address names is there, charts included.</summary>
    public async Task ReadyAsync()
    {
        await SweepAsync();
        await Page.WaitForFunctionAsync("""
            () => document.querySelector("main h1") && document.title !== "Sweep"
              && [...document.querySelectorAll(".canvas")].every(canvas => canvas.isStarted)
            """);
    }

    /// <summary>The sweep that the address names, as soon as it does.</summary>
    public async Task<string> SweepAsync()
    {
        await Page.WaitForFunctionAsync("() => location.hash.length > 2");
        return new Uri(Page.Url).Fragment.TrimStart('#', '/').Split('/', '?')[0];
    }

    /// <summary>Nothing went wrong in the page, and every request went to its server.</summary>
    public void AssertQuiet()
    {
        Assert.Empty(_problems);
        Assert.All(_requests, url => Assert.True(url.StartsWith(_address.GetLeftPart(UriPartial.Authority), StringComparison.Ordinal) || url.StartsWith("data:", StringComparison.Ordinal) || url.StartsWith("blob:", StringComparison.Ordinal), url));
    }

    public async ValueTask DisposeAsync() => await _context.DisposeAsync();
}
