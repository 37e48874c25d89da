using Deque.AxeCore.Playwright;

namespace Sweep.Dashboard.Tests;

/// <summary>What holds for every page of the dashboard.</summary>
public sealed class EveryPageTests(Browser browser, FinishedRun run)
{
    private const int Phone = 360;

    public static TheoryData<string> Parts => ["", "trials/1", "compare", "parallel", "importance", "overfit", "rungs", "workers"];

    [Theory]
    [MemberData(nameof(Parts))]
    public async Task Axe_finds_nothing_serious_in_light_and_dark(string part)
    {
        foreach (var scheme in (ColorScheme[])[ColorScheme.Light, ColorScheme.Dark])
        {
            await using var page = await browser.OpenAsync(run.Address, scheme: scheme);
            await page.GoAsync(part);
            await page.Page.EvaluateAsync("() => document.querySelectorAll('details').forEach(details => { details.open = true; })");
            var result = await page.Page.RunAxe();
            var found = result.Violations.Where(violation => violation.Impact is "serious" or "critical")
                .SelectMany(violation => violation.Nodes.Select(node => $"{violation.Id}: {node.Html}"));
            Assert.Empty(found);
            page.AssertQuiet();
        }
    }

    [Theory]
    [MemberData(nameof(Parts))]
    public async Task The_tab_key_reaches_everything_that_can_be_used(string part)
    {
        await using var page = await browser.OpenAsync(run.Address);
        await page.GoAsync(part);
        await page.Page.EvaluateAsync(
            """
            () => {
              document.activeElement.blur();
              document.addEventListener("focusin", event => { event.target.wasReached = true; });
            }
            """);
        var usable = await page.Page.EvaluateAsync<int>($"() => {Usable}.length");
        for (var press = 0; press < usable + 10; press++) await page.Page.Keyboard.PressAsync("Tab");
        var missed = await page.Page.EvaluateAsync<string[]>($"() => {Usable}.filter(element => !element.wasReached).map(element => element.outerHTML.slice(0, 120))");
        Assert.InRange(usable, 5, 1000);
        Assert.Empty(missed);
        page.AssertQuiet();
    }

    [Theory]
    [MemberData(nameof(Parts))]
    public async Task Nothing_is_wider_than_a_phone(string part)
    {
        await using var page = await browser.OpenAsync(run.Address, width: Phone, height: 740);
        await page.GoAsync(part);
        Assert.Equal(Phone, await page.Page.EvaluateAsync<int>("() => document.documentElement.scrollWidth"));
        page.AssertQuiet();
    }

    [Fact]
    public async Task The_colours_follow_the_system_until_a_person_chooses()
    {
        await using var page = await browser.OpenAsync(run.Address, scheme: ColorScheme.Dark);
        Assert.Equal("dark", await ThemeAsync());
        await page.Page.EmulateMediaAsync(new() { ColorScheme = ColorScheme.Light });
        await page.Page.WaitForFunctionAsync("() => document.documentElement.dataset.theme === 'light'");
        await page.Page.GetByRole(AriaRole.Button, new() { Name = "Dark or light" }).ClickAsync();
        Assert.Equal("dark", await ThemeAsync());
        await page.Page.ReloadAsync();
        Assert.Equal("dark", await ThemeAsync());
        page.AssertQuiet();

        Task<string> ThemeAsync() => page.Page.EvaluateAsync<string>("() => document.documentElement.dataset.theme");
    }

    [Theory]
    [InlineData(ColorScheme.Light)]
    [InlineData(ColorScheme.Dark)]
    public async Task Charts_have_the_colours_of_the_page(ColorScheme scheme)
    {
        await using var page = await browser.OpenAsync(run.Address, scheme: scheme);
        var colours = await page.Page.EvaluateAsync<string[]>("() => [document.querySelector('.canvas').echarts.getOption().textStyle.color, getComputedStyle(document.body).color]");
        Assert.Equal(colours[1], colours[0]);
        page.AssertQuiet();
    }

    private const string Usable = """
        [...document.querySelectorAll("a[href], button:not(:disabled), input, select, summary, [tabindex='0']")]
          .filter(element => element.checkVisibility())
        """;
}
