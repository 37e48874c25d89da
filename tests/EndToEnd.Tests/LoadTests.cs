using System.Text.RegularExpressions;

namespace Sweep.EndToEnd.Tests;

/// <summary>Short forms of <c>bench/Load</c>: what came out, and not how long it took.</summary>
public sealed partial class LoadTests
{
    [Fact]
    public async Task Workers_that_end_at_once_hand_their_trials_back_and_none_begins_anew()
    {
        using var load = Programs.Load("drain", "--workers", "12", "--leaving", "4", "--seconds", "0.2", "--processes", "2", "--connections", "2");
        await load.ExitAsync(TimeSpan.FromMinutes(10));
        Assert.Contains("completed: 20 of 20, exit code 0", load.Output, StringComparison.Ordinal);
        Assert.Contains("nothing is wrong", load.Output, StringComparison.Ordinal);
        var wentOn = WentOn().Match(load.Output);
        Assert.True(wentOn.Success, load.Output);
        Assert.Equal("4", wentOn.Groups[1].Value);
        Assert.NotEqual("0", wentOn.Groups[2].Value);
    }

    [Fact]
    public async Task Worker_processes_that_are_killed_and_replaced_cost_no_trial_and_no_coordinator()
    {
        using var load = Programs.Load("churn", "--workers", "4", "--minutes", "0.3", "--share", "3", "--epochs", "6");
        await load.ExitAsync(TimeSpan.FromMinutes(10));
        Assert.Contains("no coordinator was downed", load.Output, StringComparison.Ordinal);
        Assert.Matches(AllCompleted(), load.Output);
        Assert.Contains("nothing is wrong", load.Output, StringComparison.Ordinal);
    }

    [GeneratedRegex("([0-9]+) trials went on elsewhere, .* from ([0-9]+) epochs on at least")]
    private static partial Regex WentOn();

    [GeneratedRegex("exit code 0: ([0-9]+) of \\1 trials completed")]
    private static partial Regex AllCompleted();
}
