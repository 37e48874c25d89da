namespace Sweep.Bench.Dashboard;

/// <summary>What a person waits for, in Chromium: the best and the median of several times.</summary>
internal static class PageSpeed
{
    private const string Chromium = "/usr/bin/chromium";
    private const int Times = 7;

    private static readonly string[] Flags =
    [
        "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
        "--disable-component-update", "--disable-sync",
    ];

    private static readonly (string Part, string Title)[] Pages =
    [
        ("trials/1", "a trial"), ("compare", "the comparison"), ("parallel", "parallel coordinates"), ("importance", "importance"),
        ("overfit", "the overfit map"), ("rungs", "the scheduler"), ("workers", "workers"),
    ];

    /// <summary>Of the addresses of all pages but the sweep's own.</summary>
    public static IEnumerable<string> Parts => Pages.Select(page => page.Part);

    private const string Rows = "document.querySelectorAll('.trials tbody tr').length";

    /// <summary>The page is whole: figures, objective over time, and the leaderboard's first rows.</summary>
    private const string IsWhole = $"{Rows} >= 25 && document.querySelector('.canvas')?.echarts";

    /// <summary>When a condition holds after an act, with what was painted by then; and the longest time for which nothing else could happen.</summary>
    private const string Watch = """
        window.watch = (act, condition) => new Promise(done => {
          const tasks = [];
          const observer = new PerformanceObserver(list => tasks.push(...list.getEntries().map(entry => entry.duration)));
          observer.observe({ entryTypes: ["longtask"] });
          const start = act ? performance.now() : 0;
          act?.();
          const look = () => condition()
            ? setTimeout(() => { observer.disconnect(); done([performance.now() - start, Math.max(0, ...tasks)]); })
            : requestAnimationFrame(look);
          look();
        });
        """;

    public static async Task MeasureAsync(string address, string machine)
    {
        using var playwright = await Playwright.CreateAsync();
        await using var browser = await LaunchAsync(playwright);
        Console.WriteLine($"\n{machine}, Chromium {browser.Version}, {Times} times each, milliseconds\n");
        Console.WriteLine("| a person | best | median | longest task |\n|---|---|---|---|");
        await RowAsync("opens the sweep's page, nothing cached", browser, address, page => page.GotoAsync(address), null, IsWhole);
        await ActsAsync(browser, address);
        foreach (var (part, title) in Pages)
        {
            await RowAsync(
                $"goes from there to {title}", browser, address, OpenedAsync(address),
                $$"""() => { location.hash += "/{{part}}"; }""", "document.title !== window.before && [...document.querySelectorAll('.canvas')].every(canvas => canvas.isStarted) && document.querySelector('main h1')");
        }
    }

    public static Task<IBrowser> LaunchAsync(IPlaywright playwright) =>
        playwright.Chromium.LaunchAsync(new() { ExecutablePath = Chromium, Headless = true, Args = Flags });

    private static async Task ActsAsync(IBrowser browser, string address)
    {
        const string Changed = "document.querySelector('.trials tbody').textContent !== window.rows";
        await RowAsync("sorts by another column", browser, address, OpenedAsync(address), Click("th .sort", "gap"), Changed);
        await RowAsync("filters by a setting", browser, address, OpenedAsync(address),
            """() => { const form = document.querySelector("form.search"); form.elements.filter.value = "learning_rate<0.001 and schedule=step"; form.requestSubmit(); }""", Changed);
        await RowAsync("turns to the last page", browser, address, OpenedAsync(address), """() => document.querySelector("[aria-label='Last page']").click()""", Changed);
    }

    private static string Click(string selector, string text) =>
        $$"""() => [...document.querySelectorAll("{{selector}}")].find(element => element.textContent.startsWith("{{text}}")).click()""";

    private static Func<IPage, Task> OpenedAsync(string address) => async page =>
    {
        await page.GotoAsync(address);
        await page.WaitForFunctionAsync($"() => {IsWhole}");
        await page.EvaluateAsync("() => { window.before = document.title; window.rows = document.querySelector('.trials tbody').textContent; }");
    };

    /// <param name="act">Null where to go there is the act, which the browser times from its beginning.</param>
    private static async Task RowAsync(string title, IBrowser browser, string address, Func<IPage, Task> arrange, string? act, string condition)
    {
        var measured = new List<double[]>();
        for (var time = 0; time < Times; time++)
        {
            await using var context = await browser.NewContextAsync(new() { BaseURL = address, ViewportSize = new() { Width = 1440, Height = 900 } });
            await context.AddInitScriptAsync(Watch);
            var page = await context.NewPageAsync();
            await arrange(page);
            measured.Add(await page.EvaluateAsync<double[]>($"() => window.watch({act ?? "null"}, () => {condition})"));
        }
        var times = measured.Select(each => each[0]).Order().ToArray();
        Console.WriteLine($"| {title} | {times[0]:0} | {times[Times / 2]:0} | {measured.Max(each => each[1]):0} |");
    }
}
