using System.Globalization;
using System.Text.RegularExpressions;

namespace Sweep.Dashboard.Tests;

public sealed partial class FinishedSweepTests(Browser browser, FinishedRun run)
{
    [Fact]
    public async Task The_leaderboard_is_sorted_by_the_server_in_both_directions()
    {
        await using var page = await browser.OpenAsync(run.Address);
        var heading = page.Page.GetByRole(AriaRole.Button, new() { Name = "gap", Exact = true });
        foreach (var direction in (string[])["descending", "ascending"])
        {
            await heading.ClickAsync();
            await page.Page.Locator($"th[aria-sort={direction}]").WaitForAsync();
            await page.Page.WaitForFunctionAsync(
                """
                descending => {
                  const column = [...document.querySelectorAll(".trials thead th")].findIndex(cell => cell.ariaSort);
                  const gaps = [...document.querySelectorAll(".trials tbody tr")].map(row => parseFloat(row.cells[column].textContent));
                  return gaps.length === 25 && gaps.every((gap, index) => index === 0 || (descending ? gaps[index - 1] >= gap : gaps[index - 1] <= gap));
                }
                """, direction == "descending");
        }
        page.AssertQuiet();
    }

    [Fact]
    public async Task A_filter_by_a_hyperparameter_leaves_the_trials_that_pass_it()
    {
        await using var page = await browser.OpenAsync(run.Address);
        var all = await page.Page.Locator("#leaderboard-count").InnerTextAsync();
        Assert.Equal($"{FinishedRun.Trials} trials", all);

        await page.Page.GetByRole(AriaRole.Searchbox).FillAsync("learning_rate<0.05 and augmentation=true");
        await page.Page.Keyboard.PressAsync("Enter");
        await page.Page.WaitForFunctionAsync("before => document.querySelector('#leaderboard-count').textContent !== before", all);

        var rates = await CellsAsync(page, "learning_rate");
        Assert.NotEmpty(rates);
        Assert.All(rates, rate => Assert.InRange(double.Parse(rate, CultureInfo.InvariantCulture), 0, 0.05));
        Assert.All(await CellsAsync(page, "augmentation"), augmentation => Assert.Equal("true", augmentation));
        page.AssertQuiet();
    }

    [Fact]
    public async Task A_filter_that_means_nothing_is_explained()
    {
        await using var page = await browser.OpenAsync(run.Address);
        await page.Page.GetByRole(AriaRole.Searchbox).FillAsync("lerning_rate<0.05");
        await page.Page.Keyboard.PressAsync("Enter");
        await Assertions.Expect(page.Page.GetByRole(AriaRole.Alert)).ToContainTextAsync("learning_rate");
    }

    [Fact]
    public async Task The_trials_of_one_state_are_a_click_away()
    {
        await using var page = await browser.OpenAsync(run.Address);
        await page.Page.Locator(".chip.stopped").ClickAsync();
        await page.Page.WaitForFunctionAsync("() => [...document.querySelectorAll('.trials .state')].every(state => state.textContent === 'stopped')");
        Assert.NotEmpty(await CellsAsync(page, "State"));
        page.AssertQuiet();
    }

    [Fact]
    public async Task Pages_follow_each_other()
    {
        await using var page = await browser.OpenAsync(run.Address);
        var first = await CellsAsync(page, "Trial");
        await page.Page.GetByRole(AriaRole.Button, new() { Name = "Next page" }).ClickAsync();
        await page.Page.WaitForFunctionAsync("count => document.querySelectorAll('.trials tbody tr').length === count", FinishedRun.Trials - 25);
        var second = await CellsAsync(page, "Trial");
        Assert.Equal(Enumerable.Range(1, FinishedRun.Trials), first.Concat(second).Select(int.Parse).Order());
        page.AssertQuiet();
    }

    [Fact]
    public async Task Columns_that_a_person_chose_stay_chosen()
    {
        await using var page = await browser.OpenAsync(run.Address);
        await page.Page.GetByText("Columns", new() { Exact = true }).First.ClickAsync();
        await page.Page.GetByLabel("Worker", new() { Exact = true }).CheckAsync();
        await page.Page.GetByLabel("Time", new() { Exact = true }).UncheckAsync();
        await page.Page.ReloadAsync();
        await page.ReadyAsync();
        var titles = await page.Page.Locator(".trials thead th").AllInnerTextsAsync();
        Assert.Contains("Worker", titles);
        Assert.DoesNotContain("Time", titles);
        page.AssertQuiet();
    }

    [Fact]
    public async Task Ticked_trials_are_compared_and_what_differs_is_marked()
    {
        await using var page = await browser.OpenAsync(run.Address);
        var trials = (await CellsAsync(page, "Trial")).Take(3).ToArray();
        foreach (var trial in trials) await page.Page.GetByLabel($"Compare trial {trial}", new() { Exact = true }).CheckAsync();
        await page.Page.GetByRole(AriaRole.Link, new() { Name = "Compare 3" }).ClickAsync();
        await page.Page.GetByText("3 chosen trials.").WaitForAsync();
        await page.ReadyAsync();
        Assert.Equal(trials.Select(trial => $"Trial {trial}"), await page.Page.Locator(".side thead th").AllInnerTextsAsync());
        Assert.Contains("differs", await page.Page.Locator(".side tr", new() { HasText = "learning rate" }).GetAttributeAsync("class"));
        Assert.Equal(3, await page.Page.EvaluateAsync<int>("() => document.querySelector('.canvas').echarts.getOption().series.length"));
        page.AssertQuiet();
    }

    [Fact]
    public async Task A_brush_on_an_axis_filters_the_table_below()
    {
        await using var page = await browser.OpenAsync(run.Address);
        await page.GoAsync("parallel");
        var count = page.Page.Locator("#passing-count");
        await Assertions.Expect(count).ToHaveTextAsync($"{FinishedRun.Trials} of {FinishedRun.Trials}");
        var canvas = page.Page.Locator(".parallel .canvas");
        await canvas.ScrollIntoViewIfNeededAsync();
        var box = (await canvas.BoundingBoxAsync())!;
        var x = box.X + await page.Page.EvaluateAsync<float>(
            """
            () => {
              const space = document.querySelector(".parallel .canvas").echarts.getModel().getComponent("parallel", 0).coordinateSystem;
              return space.getAxisLayout(space.dimensions[0]).position[0];
            }
            """);

        await page.Page.Mouse.MoveAsync(x, box.Y + 60);
        await page.Page.Mouse.DownAsync();
        await page.Page.Mouse.MoveAsync(x, box.Y + 200, new() { Steps = 8 });
        await page.Page.Mouse.UpAsync();

        await Assertions.Expect(count).Not.ToHaveTextAsync($"{FinishedRun.Trials} of {FinishedRun.Trials}");
        var passing = int.Parse((await count.InnerTextAsync()).Split(' ')[0], CultureInfo.InvariantCulture);
        Assert.InRange(passing, 1, FinishedRun.Trials - 1);
        Assert.Equal(passing, await page.Page.Locator("main table tbody tr").CountAsync());

        await page.Page.GetByRole(AriaRole.Button, new() { Name = "Clear" }).ClickAsync();
        await Assertions.Expect(count).ToHaveTextAsync($"{FinishedRun.Trials} of {FinishedRun.Trials}");
        page.AssertQuiet();
    }

    [Fact]
    public async Task A_trial_has_an_address_and_the_way_back_is_the_browsers()
    {
        await using var page = await browser.OpenAsync(run.Address);
        await page.Page.Locator(".trials tbody a").First.ClickAsync();
        await page.Page.GetByText("Hyperparameters").WaitForAsync();
        await page.ReadyAsync();
        var title = await page.Page.Locator("h1").InnerTextAsync();
        Assert.Matches(TrialTitle(), title);

        await using var other = await browser.OpenAsync(new Uri(page.Page.Url));
        Assert.Equal(title, await other.Page.Locator("h1").InnerTextAsync());

        await page.Page.GoBackAsync();
        await Assertions.Expect(page.Page.Locator("h1")).ToHaveTextAsync("Which learning rate reads small digits best?");
        page.AssertQuiet();
        other.AssertQuiet();
    }

    [Fact]
    public async Task A_trials_model_and_curves_can_be_taken_away()
    {
        await using var page = await browser.OpenAsync(run.Address);
        await page.Page.Locator(".trials tbody a").First.ClickAsync();
        await page.Page.GetByText("Hyperparameters").WaitForAsync();
        var model = await page.Page.RunAndWaitForDownloadAsync(() => page.Page.GetByRole(AriaRole.Button, new() { Name = "Model" }).ClickAsync());
        Assert.EndsWith(".safetensors", model.SuggestedFilename, StringComparison.Ordinal);
        Assert.InRange(new FileInfo(await model.PathAsync()).Length, 1_000, long.MaxValue);
        var curves = await page.Page.RunAndWaitForDownloadAsync(() => page.Page.GetByRole(AriaRole.Button, new() { Name = "Curves" }).ClickAsync());
        var lines = await File.ReadAllLinesAsync(await curves.PathAsync(), TestContext.Current.CancellationToken);
        Assert.StartsWith("epoch,train_loss,", lines[0], StringComparison.Ordinal);
        Assert.Equal(5, lines.Length);
        page.AssertQuiet();
    }

    [Fact]
    public async Task The_overfit_map_is_drawn_against_any_two_parameters()
    {
        await using var page = await browser.OpenAsync(run.Address);
        await page.GoAsync("overfit");
        await page.Page.GetByLabel("Across").SelectOptionAsync("momentum");
        await page.Page.GetByLabel("Up", new() { Exact = true }).SelectOptionAsync("augmentation");
        await page.Page.WaitForFunctionAsync("() => { const drawn = document.querySelector('.canvas').echarts.getOption(); return drawn.xAxis[0].name === 'momentum' && drawn.yAxis[0].name === 'augmentation'; }");
        Assert.Contains("x=momentum", page.Page.Url, StringComparison.Ordinal);
        page.AssertQuiet();
    }

    /// <summary>The texts of a column of the leaderboard, as shown.</summary>
    private static async Task<IReadOnlyList<string>> CellsAsync(WatchedPage page, string column) => await page.Page.EvaluateAsync<string[]>(
        """
        title => {
          const text = cell => cell.textContent.replace(/[↑↓]/g, "").trim();
          const column = [...document.querySelectorAll(".trials thead th")].findIndex(cell => text(cell) === title);
          return [...document.querySelectorAll(".trials tbody tr")].map(row => text(row.cells[column]));
        }
        """, column);

    [GeneratedRegex(@"^Trial \d+$")]
    private static partial Regex TrialTitle();
}
