using System.Diagnostics;
using System.Text.RegularExpressions;
using Sweep.Coordinator.Histories;
using Sweep.Coordinator.SweepReports;

namespace Sweep.Coordinator.Tests.SweepReports;

/// <summary>The page in a real browser: Chromium, without a network.</summary>
public sealed partial class ReportPageTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("sweep-page-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task The_report_shows_its_rows_and_charts_and_the_console_stays_empty()
    {
        var report = ReportedSweep.Of(ReportedSweep.Ended());
        var (dom, console) = await OpenAsync("report.html", ReportHtml.Text(report));
        Assert.Empty(console);
        Assert.Equal(report.Board.Rows.Count(row => row.EpochsTrained > 0), Row().Count(dom));
        Assert.True(Svg().Count(dom) >= 6, $"{Svg().Count(dom)} charts");
        Assert.DoesNotContain("<script>alert", dom, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_comparison_shows_its_charts_and_the_console_stays_empty()
    {
        var sweep = ReportedSweep.Ended();
        var runs = new[] { "a", "b" }.Select(name => new StoredRun(RunFolder.Create(Path.Combine(_folder, name)), sweep.State, sweep.Events.Count, sweep.Events));
        var (dom, console) = await OpenAsync("compare.html", ComparisonHtml.Text(RunComparison.Of([.. runs])));
        Assert.Empty(console);
        Assert.Equal(2, Svg().Count(dom));
    }

    private async Task<(string Dom, string Console)> OpenAsync(string name, string html)
    {
        var page = Path.Combine(_folder, name);
        await File.WriteAllTextAsync(page, html);
        string[] arguments =
        [
            "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync",
            $"--user-data-dir={Path.Combine(_folder, "profile-" + name)}", "--window-size=1200,9000", "--virtual-time-budget=5000", "--enable-logging=stderr", "--dump-dom", page,
        ];
        Process browser;
        try
        {
            browser = Process.Start(new ProcessStartInfo("chromium", arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            Assert.Skip("chromium is not installed");
            throw;
        }
        using (browser)
        {
            var (output, errors) = (browser.StandardOutput.ReadToEndAsync(), browser.StandardError.ReadToEndAsync());
            await browser.WaitForExitAsync();
            return (await output, string.Join('\n', (await errors).Split('\n').Where(line => line.Contains(":CONSOLE", StringComparison.Ordinal))));
        }
    }

    [GeneratedRegex("<a href=\"#curves\"")]
    private static partial Regex Row();

    [GeneratedRegex("<svg ")]
    private static partial Regex Svg();
}
