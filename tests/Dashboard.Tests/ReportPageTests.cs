namespace Sweep.Dashboard.Tests;

/// <summary>The files that people send each other, opened from a disk: nothing serves them.</summary>
public sealed class ReportPageTests(Browser browser, FinishedRun run)
{
    /// <summary>High enough that every chart is in sight: charts are drawn when they come near.</summary>
    private const int Height = 9000;

    [Fact]
    public async Task The_report_shows_its_rows_and_charts_and_asks_nobody()
    {
        await using var page = await browser.OpenFileAsync(Path.Combine(run.Folder, "report.html"), Height);
        await page.Page.WaitForFunctionAsync("least => document.querySelectorAll('svg').length >= least", 6);
        Assert.Equal(FinishedRun.Trials, await page.Page.Locator("a[href='#curves']").CountAsync());
        page.AssertQuiet();
    }

    [Fact]
    public async Task The_report_says_rung_by_rung_who_went_on_and_who_was_stopped_and_why()
    {
        await using var page = await browser.OpenFileAsync(Path.Combine(run.Folder, "report.html"), Height);
        var scheduler = page.Page.Locator("#scheduler-charts");
        await scheduler.GetByText("Rungs: the numbers").ClickAsync();
        var rungs = await scheduler.Locator("figure tbody tr").AllInnerTextsAsync();
        Assert.Equal(["1 epoch", "2 epochs"], rungs.Select(row => row.Split('\t')[0]));
        Assert.StartsWith($"1 epoch\t{FinishedRun.Trials}\t", rungs[0], StringComparison.Ordinal);
        Assert.NotEmpty(await scheduler.GetByText("may go on").AllAsync());
        page.AssertQuiet();
    }

    [Fact]
    public async Task The_comparison_shows_its_charts_and_asks_nobody()
    {
        Assert.SkipUnless(Browser.IsInstalled, Browser.Missing);
        var file = Path.Combine(run.Folder, "..", $"compare-{Guid.NewGuid():N}.html");
        using (var compare = Programs.Coordinator("compare", run.Folder, run.Folder, "--html", file)) Assert.Equal(0, await compare.ExitAsync());
        await using var page = await browser.OpenFileAsync(file, Height);
        await page.Page.WaitForFunctionAsync("() => document.querySelectorAll('svg').length === 2");
        page.AssertQuiet();
    }
}
