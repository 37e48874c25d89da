using System.Diagnostics;

namespace Sweep.Bench.Dashboard;

/// <summary>The pictures of docs/dashboard.md, of a sweep that is trained for them; and every page as it looks on narrow and wide screens.</summary>
internal static class Pictures
{
    private const int JpegQuality = 88;

    /// <summary>The overfitting trial that trained longest has most to show.</summary>
    private const string LongestOverfit = "/trials?filter=verdict=overfitting&sort=-epochs_trained&limit=1";

    private static readonly (string Name, string Part, int Height, ColorScheme Scheme)[] OfDocs =
    [
        ("sweep", "", 900, ColorScheme.Light),
        ("trial", "trials/OVERFIT", 780, ColorScheme.Dark),
        ("overfit", "overfit", 660, ColorScheme.Light),
        ("rungs", "rungs", 660, ColorScheme.Dark),
    ];

    private static readonly int[] Widths = [390, 820, 1400];

    /// <param name="sweepFile">Trained here and now.</param>
    /// <param name="folder">Where the pictures go.</param>
    public static async Task TakeAsync(string sweepFile, string folder)
    {
        var run = Path.Combine(Directory.CreateTempSubdirectory("sweep-pictures-").FullName, "run");
        using (var sweep = Process.Start(Served.Coordinator("--sweep", sweepFile, "--workers", "2", "--output", run))!)
        {
            await sweep.StandardOutput.ReadToEndAsync();
            await sweep.WaitForExitAsync();
        }
        await WithBrowserAsync(run, async (browser, served) =>
        {
            foreach (var (name, part, height, scheme) in OfDocs)
                await TakeAsync(browser, served, part, 1240, height, scheme, Path.Combine(folder, $"dashboard-{name}.jpg"), isWhole: false);
        });
        Directory.Delete(Path.GetDirectoryName(run)!, recursive: true);
    }

    /// <summary>Every page from top to bottom, at three widths, dark and light.</summary>
    /// <param name="run">A run that has ended.</param>
    public static Task TakeAllAsync(string run, string folder) => WithBrowserAsync(run, async (browser, served) =>
    {
        foreach (var part in PageSpeed.Parts.Prepend("").Append("trials/OVERFIT"))
            foreach (var width in Widths)
                foreach (var scheme in (ColorScheme[])[ColorScheme.Light, ColorScheme.Dark])
                    await TakeAsync(browser, served, part, width, 900, scheme, Path.Combine(folder, $"{(part.Length == 0 ? "sweep" : part.Replace('/', '-'))}-{width}-{scheme}.png".ToLowerInvariant()), isWhole: true);
    });

    private static async Task WithBrowserAsync(string run, Func<IBrowser, Served, Task> take)
    {
        await using var served = await Served.StartAsync(run);
        using var playwright = await Playwright.CreateAsync();
        await using var browser = await PageSpeed.LaunchAsync(playwright);
        await take(browser, served);
    }

    private static async Task TakeAsync(IBrowser browser, Served served, string part, int width, int height, ColorScheme scheme, string path, bool isWhole)
    {
        await using var context = await browser.NewContextAsync(new() { ViewportSize = new() { Width = width, Height = height }, ColorScheme = scheme, ReducedMotion = ReducedMotion.Reduce });
        var page = await context.NewPageAsync();
        await page.GotoAsync(served.Address);
        await page.WaitForFunctionAsync("() => document.querySelector('.trials tbody a')");
        if (part.Length > 0) await page.EvaluateAsync("async ([part, longest]) => { location.hash += `/${part.replace('OVERFIT', await (await fetch(`/api/v1/sweeps/${location.hash.split('/')[1]}${longest}`)).json().then(page => page.trials[0]?.trial ?? 1))}`; }", new[] { part, LongestOverfit });
        await page.WaitForFunctionAsync("""
            isFirst => (isFirst || !document.title.startsWith("Sweep ·")) && [...document.querySelectorAll(".canvas")].every(canvas => canvas.isStarted) && document.querySelector("main h1")
            """, part.Length == 0);
        // Where there is no scroll bar, its place is not kept either.
        await page.EvaluateAsync("() => { document.documentElement.style.scrollbarGutter = 'auto'; }");
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        var isJpeg = path.EndsWith(".jpg", StringComparison.Ordinal);
        await page.ScreenshotAsync(new() { Path = path, FullPage = isWhole, Type = isJpeg ? ScreenshotType.Jpeg : ScreenshotType.Png, Quality = isJpeg ? JpegQuality : null });
        Console.WriteLine($"{path}: {new FileInfo(path).Length / 1000} KB");
    }
}
