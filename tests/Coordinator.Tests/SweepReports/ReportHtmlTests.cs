using System.Text.Json;
using System.Text.RegularExpressions;
using Sweep.Coordinator.SweepReports;
using Sweep.Coordinator.Tests.Trials;

namespace Sweep.Coordinator.Tests.SweepReports;

public sealed partial class ReportHtmlTests
{
    private static readonly SweepReport Report = ReportedSweep.Of(ReportedSweep.Ended());

    private static readonly string Html = ReportHtml.Text(Report);

    [Fact]
    public void Whatever_the_sweep_file_says_is_text_and_never_markup()
    {
        Assert.DoesNotContain("<script>alert", Html, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("&lt;script&gt;alert(1)&lt;/script&gt;", Html, StringComparison.Ordinal);
        Assert.Contains("{{ name }}", Html, StringComparison.Ordinal);
        Assert.Equal(3, Scripts().Count);
    }

    [Fact]
    public void Nothing_in_it_is_fetched_from_anywhere()
    {
        var markup = Scripts().Aggregate(Html, (text, script) => text.Replace(script, "", StringComparison.Ordinal));
        Assert.DoesNotMatch("""\s(src|href)\s*=\s*(["'][^#]|[^"'\s])""", markup);
        Assert.Contains("default-src 'none'", markup, StringComparison.Ordinal);
        Assert.Contains("Apache License", Html, StringComparison.Ordinal);
    }

    [Fact]
    public void Its_data_are_whole_and_hold_every_trial_with_its_curves()
    {
        using var data = Data();
        Assert.Equal(Report.Board.Rows.Length, data.RootElement.GetProperty("trials").GetArrayLength());
        Assert.Equal(Report.State.Trials.Count(trial => !trial.Reports.IsEmpty), data.RootElement.GetProperty("curves").GetArrayLength());
        Assert.Equal("log", data.RootElement.GetProperty("parameters")[0].GetProperty("scale").GetString());
        Assert.Contains(data.RootElement.GetProperty("spans").EnumerateArray(), span => span.GetProperty("kind").GetString() == "lost");
    }

    [Fact]
    public void It_says_what_failed_what_overfitted_where_it_ran_and_how_to_have_it_again()
    {
        Assert.Contains("infrastructure", Html, StringComparison.Ordinal);
        Assert.Contains("diverged", Html, StringComparison.Ordinal);
        Assert.Contains("Debian &lt;12&gt;, 2 cores", Html, StringComparison.Ordinal);
        Assert.Contains("<dt>2 workers</dt><dd>CPU, 1 thread</dd>", Html, StringComparison.Ordinal);
        Assert.Contains("coordinator --sweep sweep.yaml --workers 2", Html, StringComparison.Ordinal);
        Assert.Contains("validation images chose", Html, StringComparison.Ordinal);
    }

    [Fact]
    public void A_thousand_trials_of_a_hundred_epochs_stay_below_five_megabytes()
    {
        var sweep = new TestSweep(trials: 1_000, epochs: 100);
        sweep.RunToTheEnd(trial => 0.123456789 + trial.Id.Number / 2_000.0);
        var length = System.Text.Encoding.UTF8.GetByteCount(ReportHtml.Text(ReportedSweep.Of(sweep)));
        Assert.InRange(length, 1_500_000, 5_000_000);
    }

    [Fact]
    public void A_sweep_without_a_trial_has_a_report()
    {
        var sweep = new TestSweep();
        Assert.Contains("No trial has a result yet.", ReportHtml.Text(ReportedSweep.Of(sweep)), StringComparison.Ordinal);
    }

    private static JsonDocument Data() => JsonDocument.Parse(DataElement().Match(Html).Groups[1].Value);

    private static List<string> Scripts() => [.. ScriptElement().Matches(Html).Select(match => match.Value)];

    [GeneratedRegex("<script\\b.*?</script>", RegexOptions.Singleline | RegexOptions.IgnoreCase)]
    private static partial Regex ScriptElement();

    [GeneratedRegex("<script id=\"data\" type=\"application/json\">(.*?)</script>", RegexOptions.Singleline)]
    private static partial Regex DataElement();
}
