[assembly: AssemblyFixture(typeof(Sweep.Dashboard.Tests.Browser))]

namespace Sweep.Dashboard.Tests;

/// <summary>One Chromium for all tests, the distribution's own; a page of its own for each.</summary>
public sealed class Browser : IAsyncLifetime
{
    private const string Chromium = "/usr/bin/chromium";

    private static readonly string[] Flags =
    [
        "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
        "--disable-component-update", "--disable-sync",
    ];

    public const string Missing = "there is no Chromium: apt-get install chromium";

    public static bool IsInstalled => File.Exists(Chromium);

    private IPlaywright? _playwright;
    private IBrowser? _browser;

    public async ValueTask InitializeAsync()
    {
        if (!IsInstalled) return;
        _playwright = await Playwright.CreateAsync();
        _browser = await _playwright.Chromium.LaunchAsync(new() { ExecutablePath = Chromium, Headless = true, Args = Flags });
    }

    /// <summary>A page that holds a profile of its own; the test is skipped where there is no Chromium.</summary>
    public async Task<WatchedPage> OpenAsync(Uri address, int width = 1440, int height = 900, ColorScheme scheme = ColorScheme.Light)
    {
        Assert.SkipUnless(IsInstalled, Missing);
        var page = await WatchedPage.OpenAsync(await ContextAsync(width, height, scheme), address);
        await page.ReadyAsync();
        return page;
    }

    /// <summary>A page that nobody serves.</summary>
    public async Task<WatchedPage> OpenFileAsync(string path, int height)
    {
        Assert.SkipUnless(IsInstalled, Missing);
        return await WatchedPage.OpenAsync(await ContextAsync(1200, height, ColorScheme.Light), new Uri(Path.GetFullPath(path)));
    }

    private Task<IBrowserContext> ContextAsync(int width, int height, ColorScheme scheme) =>
        _browser!.NewContextAsync(new() { ViewportSize = new() { Width = width, Height = height }, ColorScheme = scheme, ReducedMotion = ReducedMotion.Reduce });

    public async ValueTask DisposeAsync()
    {
        if (_browser is not null) await _browser.DisposeAsync();
        _playwright?.Dispose();
    }
}
