[assembly: AssemblyFixture(typeof(Sweep.Dashboard.Tests.PopulationRun))]

namespace Sweep.Dashboard.Tests;

/// <summary>A population whose trials have taken over each other's networks, with its dashboard.</summary>
public sealed class PopulationRun() : EndedRun(Yaml)
{
    private const string Yaml = """
        name: population
        description: Which schedule does a population find?
        seed: 2
        dataset: {name: digits, train_limit: 200, test_limit: 100, validation_fraction: 0.2}
        model: {family: resnet, blocks: [1], widths: [4]}
        training: {epochs: 6, batch_size: 32, schedule: constant}
        parameters:
          learning_rate: {distribution: log_uniform, min: 0.0001, max: 0.3}
        scheduler: {name: pbt, population: 4, interval_epochs: 1, quantile: 0.25}
        """;
}

public sealed class PopulationTests(Browser browser, PopulationRun run)
{
    [Fact]
    public async Task The_scheduler_page_shows_who_took_over_whose_network_and_the_trial_where_its_own_comes_from()
    {
        await using var page = await browser.OpenAsync(run.Address);
        await page.GoAsync("rungs");
        var copies = await page.Page.EvaluateAsync<int[][]>("() => document.querySelector('.canvas').drawn.table.rows.map(([epoch, from, to]) => [epoch, from, to])");
        Assert.NotEmpty(copies);
        await page.Page.GetByText($"{copies.Length} times in all").WaitForAsync();

        var last = copies.MaxBy(copy => copy[0])!;
        await page.GoAsync($"trials/{last[2]}");
        var origin = page.Page.Locator("section[aria-labelledby=origin-title] tbody tr");
        var trainers = await origin.Locator("a").AllInnerTextsAsync();
        Assert.True(trainers.Count > 1);
        Assert.Contains($"Trial {last[1]}", trainers);
        Assert.Equal($"Trial {last[2]}", trainers[^1]);
        page.AssertQuiet();
    }
}
