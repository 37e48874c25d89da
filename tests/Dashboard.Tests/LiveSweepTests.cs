namespace Sweep.Dashboard.Tests;

public sealed class LiveSweepTests(Browser browser)
{
    [Fact]
    public async Task A_sweep_is_watched_live_and_its_curves_grow()
    {
        using var run = await LiveRun.StartAsync(epochs: 1_000);
        await using var page = await browser.OpenAsync(run.Address);
        // A page that was loaded anew would not know this.
        await page.Page.EvaluateAsync("() => { window.isTheSame = true; }");
        await page.Page.Locator(".now a").First.ClickAsync();
        await page.Page.GetByText("Hyperparameters").WaitForAsync();

        await page.Page.WaitForFunctionAsync("() => document.querySelector('.canvas')?.echarts?.getOption().series[0].data.length >= 2");
        var before = await PointsAsync();
        await page.Page.WaitForFunctionAsync("before => document.querySelector('.canvas').echarts.getOption().series[0].data.length > before + 2", before);

        await page.Page.GetByRole(AriaRole.Link, new() { Name = "Sweep", Exact = true }).Last.ClickAsync();
        var epochs = page.Page.Locator(".tile", new() { HasText = "epochs" }).Locator("b");
        await page.Page.WaitForFunctionAsync("() => /a second/.test(document.querySelector('main').textContent)");
        var shown = await epochs.InnerTextAsync();
        await Assertions.Expect(epochs).Not.ToHaveTextAsync(shown);
        Assert.True(await page.Page.EvaluateAsync<bool>("() => window.isTheSame"));
        page.AssertQuiet();

        Task<int> PointsAsync() => page.Page.EvaluateAsync<int>("() => document.querySelector('.canvas').echarts.getOption().series[0].data.length");
    }

    [Fact]
    public async Task A_trial_is_stopped_from_the_page_and_its_worker_takes_the_next_one()
    {
        using var run = await LiveRun.StartAsync(epochs: 1_000);
        await using var page = await browser.OpenAsync(run.Address);
        await page.Page.Locator(".now a").First.ClickAsync();
        await Assertions.Expect(page.Page.Locator("h1")).ToHaveTextAsync("Trial 1");
        await page.Page.WaitForFunctionAsync("() => document.querySelector('.canvas')?.echarts?.getOption().series[0].data.length >= 1");

        await page.Page.GetByRole(AriaRole.Button, new() { Name = "Stop this trial" }).ClickAsync();
        await page.Page.GetByRole(AriaRole.Dialog).GetByRole(AriaRole.Button, new() { Name = "Stop trial" }).ClickAsync();

        await page.Page.Locator(".badge.state.stopped").WaitForAsync();
        await page.GoAsync("");
        await Assertions.Expect(page.Page.Locator(".now a").First).ToHaveTextAsync("Trial 2");
        await page.GoAsync("workers");
        Assert.Equal(1, await page.Page.Locator("main table tbody tr").CountAsync());
        page.AssertQuiet();
    }

    [Fact]
    public async Task Live_news_leaves_focus_selection_and_scrolling_alone()
    {
        using var run = await LiveRun.StartAsync(epochs: 2);
        await using var page = await browser.OpenAsync(run.Address, height: 500);
        await page.Page.WaitForFunctionAsync("() => document.querySelectorAll('.trials tbody tr').length >= 4");
        var box = page.Page.GetByRole(AriaRole.Searchbox);
        await box.ScrollIntoViewIfNeededAsync();
        await box.PressSequentiallyAsync("learning_rate<1");
        await page.Page.EvaluateAsync("() => document.activeElement.setSelectionRange(2, 6)");
        var (scroll, count) = (await ScrollAsync(), await page.Page.Locator("#leaderboard-count").InnerTextAsync());

        await Assertions.Expect(page.Page.Locator("#leaderboard-count")).Not.ToHaveTextAsync(count);

        Assert.Equal("learning_rate<1 2 6", await page.Page.EvaluateAsync<string>("() => { const at = document.activeElement; return `${at.value} ${at.selectionStart} ${at.selectionEnd}`; }"));
        Assert.Equal(scroll, await ScrollAsync());
        page.AssertQuiet();

        Task<int> ScrollAsync() => page.Page.EvaluateAsync<int>("() => Math.round(scrollY)");
    }

    [Fact]
    public async Task A_sweep_is_paused_resumed_extended_and_given_a_configuration()
    {
        using var run = await LiveRun.StartAsync(epochs: 1_000);
        await using var page = await browser.OpenAsync(run.Address);
        await page.Page.Locator(".now a").First.WaitForAsync();

        await AnswerAsync("Pause", "Pause");
        await page.Page.Locator("header .state.paused").WaitForAsync();
        await AnswerAsync("Resume", "Resume");
        await page.Page.Locator("header .state.running").WaitForAsync();

        await page.Page.GetByRole(AriaRole.Button, new() { Name = "Extend" }).ClickAsync();
        await page.Page.GetByLabel("Trials in all").FillAsync("1234");
        await page.Page.GetByRole(AriaRole.Dialog).GetByRole(AriaRole.Button, new() { Name = "Extend" }).ClickAsync();
        await page.Page.GetByText("of 1,234 ended").WaitForAsync();

        await page.Page.GetByRole(AriaRole.Button, new() { Name = "Enqueue" }).ClickAsync();
        await page.Page.GetByLabel("learning rate").FillAsync("0.0625");
        await page.Page.GetByRole(AriaRole.Dialog).GetByRole(AriaRole.Button, new() { Name = "Enqueue" }).ClickAsync();
        await page.Page.GetByText("The configuration is in the queue.").WaitForAsync(new() { State = WaitForSelectorState.Attached });
        await page.Page.Locator(".now a").First.ClickAsync();
        await page.Page.GetByRole(AriaRole.Button, new() { Name = "Stop this trial" }).ClickAsync();
        await page.Page.GetByRole(AriaRole.Dialog).GetByRole(AriaRole.Button, new() { Name = "Stop trial" }).ClickAsync();
        await page.GoAsync("");
        await page.Page.Locator(".trials tbody td", new() { HasTextString = "0.0625" }).First.WaitForAsync();
        page.AssertQuiet();

        async Task AnswerAsync(string button, string yes)
        {
            await page.Page.GetByRole(AriaRole.Button, new() { Name = button, Exact = true }).ClickAsync();
            await page.Page.GetByRole(AriaRole.Dialog).GetByRole(AriaRole.Button, new() { Name = yes, Exact = true }).ClickAsync();
            await Assertions.Expect(page.Page.GetByRole(AriaRole.Dialog)).ToHaveCountAsync(0);
        }
    }

    [Fact]
    public async Task Nothing_is_done_before_the_person_has_said_so_twice()
    {
        using var run = await LiveRun.StartAsync(epochs: 1_000);
        await using var page = await browser.OpenAsync(run.Address);
        var posts = 0;
        page.Page.Request += (_, request) => posts += request.Method == "POST" ? 1 : 0;
        var stop = page.Page.GetByRole(AriaRole.Button, new() { Name = "Stop", Exact = true });
        await stop.FocusAsync();
        await page.Page.Keyboard.PressAsync("Enter");
        await page.Page.GetByRole(AriaRole.Dialog).WaitForAsync();
        await page.Page.Keyboard.PressAsync("Escape");
        await Assertions.Expect(page.Page.GetByRole(AriaRole.Dialog)).ToHaveCountAsync(0);
        await Assertions.Expect(stop).ToBeFocusedAsync();
        Assert.Equal(0, posts);
        page.AssertQuiet();
    }
}
