namespace Sweep.EndToEnd.Tests;

/// <summary>The short form of <c>bench/Chaos</c>.</summary>
public sealed class ChaosTests
{
    [Fact]
    public async Task A_sweep_under_faults_of_six_kinds_ends_with_the_results_of_an_undisturbed_one()
    {
        using var chaos = Programs.Chaos("--faults", "6", "--seeds", "1..1", "--setting", "sqlite");
        Assert.True(await chaos.ExitAsync(TimeSpan.FromMinutes(10)) == 0, chaos.Output);
    }
}
