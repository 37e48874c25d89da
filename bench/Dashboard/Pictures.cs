using System.Diagnostics;

namespace Sweep.Bench.Dashboard;

/// <summary>The pictures of docs/dashboard.md, of a sweep that is trained for them.</summary>
internal static class Pictures
{
    private const int Width = 1240, Height = 860;

    private static readonly (string Name, string Part, ColorScheme Scheme)[] All =
    [
        ("sweep", "", ColorScheme.Light),
        ("trial", "trials/WINNER", ColorScheme.Light),
        ("compare", "compare", ColorScheme.Dark),
        ("parallel", "parallel", ColorScheme.Light),
        ("overfit", "overfit", ColorScheme.Light),
    ];

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
        await using var served = await Served.StartAsync(run);
        using var playwright = await Playwright.CreateAsync();
        await using var browser = await PageSpeed.LaunchAsync(playwright);
        Directory.CreateDirectory(folder);
        foreach (var (name, part, scheme) in All)
        {
            await using var context = await browser.NewContextAsync(new() { ViewportSize = new() { Width = Width, Height = Height }, ColorScheme = scheme, ReducedMotion = ReducedMotion.Reduce });
            var page = await context.NewPageAsync();
            await page.GotoAsync(served.Address);
            await page.WaitForFunctionAsync("() => document.querySelector('.trials tbody a')");
            var winner = await page.Locator(".trials tbody a").First.InnerTextAsync();
            if (part.Length > 0) await page.EvaluateAsync("part => { location.hash += `/${part}`; }", part.Replace("WINNER", winner, StringComparison.Ordinal));
            await page.WaitForFunctionAsync("""
                title => document.title.startsWith(title) && document.querySelector(".canvas") && [...document.querySelectorAll(".canvas")].every(canvas => canvas.isStarted)
                """, part.Length == 0 ? "Sweep" : part.StartsWith("trials", StringComparison.Ordinal) ? "Trial" : "");
            var path = Path.Combine(folder, $"{name}.png");
            await page.ScreenshotAsync(new() { Path = path });
            Console.WriteLine($"{path}: {new FileInfo(path).Length / 1000} KB");
        }
    }
}
