using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.OpenApi;
using Microsoft.OpenApi.Reader;
using Sweep.Coordinator.Api;
using Sweep.Coordinator.Commands;
using Sweep.Coordinator.Displays;
using Sweep.Coordinator.Tests.Displays;
using Sweep.Coordinator.Tests.Trials;
using static Sweep.Coordinator.Tests.Trials.TestSweep;

namespace Sweep.Coordinator.Tests.Api;

public sealed class ReadTests
{
    private const string Sweep = "early_stopping: {overfit: {action: flag}}";

    [Fact]
    public async Task A_sweep_at_a_glance_says_how_it_is_doing()
    {
        var sweep = new TestSweep(Sweep, trials: 3, epochs: 2);
        var first = sweep.Assign(1)!.Value;
        sweep.Record(1, first, Report(1, heldOut: 0.6));
        sweep.Record(1, first, Report(2, heldOut: 0.7));
        sweep.Assign(2);
        await using var served = await ServedSweep.StartAsync(sweep);

        var glance = await served.GetAsync("");
        Assert.Equal("test-1", glance.GetProperty("sweep").GetString());
        Assert.Equal("running", glance.GetProperty("activity").GetString());
        Assert.Equal((2, 1, 1, 1), (Count("created"), Count("finished"), Count("running"), Count("completed")));
        Assert.Equal(3, glance.GetProperty("trials_total").GetInt32());
        Assert.Equal(2, glance.GetProperty("epochs").GetInt32());
        Assert.Equal(0.7, glance.GetProperty("best").GetProperty("objective").GetDouble());
        Assert.Equal("validation_accuracy", glance.GetProperty("objective").GetProperty("metric").GetString());
        Assert.True(glance.GetProperty("time_left").GetProperty("high").GetDouble() > glance.GetProperty("time_left").GetProperty("low").GetDouble());
        var parameter = glance.GetProperty("parameters")[0];
        Assert.Equal(("learning_rate", "log", 0.001), (parameter.GetProperty("name").GetString(), parameter.GetProperty("scale").GetString(), parameter.GetProperty("min").GetDouble()));

        int Count(string state) => glance.GetProperty("trials").GetProperty(state).GetInt32();
    }

    [Fact]
    public async Task Trials_come_in_pages_sorted_and_filtered()
    {
        var sweep = new TestSweep(Sweep, trials: 9, epochs: 1);
        sweep.RunToTheEnd(trial => trial.Id.Number % 5 / 10.0);
        await using var served = await ServedSweep.StartAsync(sweep);

        await ShowsAsync(served, "/trials?limit=4", 4, 9, 3, 8);
        await ShowsAsync(served, "/trials?offset=4", 2, 7, 1, 6, 5);
        await ShowsAsync(served, "/trials?sort=-trial&limit=3", 9, 8, 7);
        var filtered = await served.GetAsync("/trials?sort=trial&filter=validation_accuracy>=0.3&filter=trial<8");
        Assert.Equal([3, 4], Numbers(filtered));
        Assert.Equal((9, 2), (filtered.GetProperty("total").GetInt32(), filtered.GetProperty("matching").GetInt32()));
        Assert.Equal(1, (await served.GetAsync("/trials?limit=1")).GetProperty("trials")[0].GetProperty("rank").GetInt32());
        Assert.Empty(Numbers(await served.GetAsync("/trials?filter=outcome=failed|diverged")));
        Assert.Equal(9, Numbers(await served.GetAsync("/trials?filter=COMPLETED")).Length);
    }

    [Fact]
    public async Task A_page_shows_what_has_happened_since_the_last_one()
    {
        var sweep = new TestSweep(Sweep, trials: 30, epochs: 2);
        await using var served = await ServedSweep.StartAsync(sweep);
        var random = new Random(1);
        for (var trial = 1; trial <= 30; trial++)
        {
            var attempt = sweep.Assign(1)!.Value;
            sweep.Record(1, attempt, Report(1, heldOut: random.Next(8) / 8.0));
            served.Tell();
            var page = await served.GetAsync("/trials?sort=-objective");
            Assert.Equal("running", Row(page, trial).GetProperty("outcome").GetString());
            sweep.Record(1, attempt, Report(2, heldOut: random.Next(8) / 8.0));
            served.Tell();
            page = await served.GetAsync("/trials?sort=-objective");
            Assert.Equal("completed", Row(page, trial).GetProperty("outcome").GetString());
            double[] values = [.. page.GetProperty("trials").EnumerateArray().Select(row => row.GetProperty("objective").GetDouble())];
            Assert.Equal(values.OrderDescending(), values);
            Assert.Equal(Enumerable.Range(1, trial), Numbers(page).Order());
        }

        static JsonElement Row(JsonElement page, int trial) =>
            page.GetProperty("trials").EnumerateArray().Single(row => row.GetProperty("trial").GetInt32() == trial);
    }

    [Fact]
    public async Task Trials_that_go_on_may_lead_and_those_that_failed_may_not()
    {
        var sweep = new TestSweep(Sweep, trials: 4, epochs: 2);
        double[] first = [0.5, 0.9, 0.7, 0.8];
        for (var trial = 1; trial <= 4; trial++) sweep.Record(trial, sweep.Assign(trial)!.Value, Report(1, heldOut: first[trial - 1]));
        sweep.Record(2, sweep.State.Running[Worker(2)], Report(2, trainLoss: double.NaN));
        sweep.Record(3, sweep.State.Running[Worker(3)], Report(2, heldOut: 0.7));
        await using var served = await ServedSweep.StartAsync(sweep);
        await ShowsAsync(served, "/trials?sort=lead", 4, 3, 1, 2);
        await ShowsAsync(served, "/trials?sort=rank", 3, 1, 2, 4);
    }

    [Fact]
    public async Task What_a_display_shows_is_the_same_over_the_API()
    {
        await using var served = await ServedSweep.StartAsync(Glances.Some());
        await served.View.CaughtUpAsync();
        await using var client = await SweepClient.AtAsync(served.Server.Address, sweep: null, token: null);
        var there = await client.GlanceAsync(await client.GetAsync("", LenientApiJson.Context.SweepDocument));
        var here = SweepGlance.Of(served.View, TestSweep.Start + TimeSpan.FromMinutes(1));
        Assert.Equal(Picture(here), Picture(there));
        Assert.Contains(Picture(here), line => line.Contains("▸ 2     70.00 %", StringComparison.Ordinal));

        static string[] Picture(SweepGlance glance) => [.. SweepPicture.Of(glance, 79, 40).Select(line => line.Text)];
    }

    [Fact]
    public async Task A_trial_tells_of_its_attempts_and_its_epochs()
    {
        var sweep = new TestSweep(Sweep, trials: 1, epochs: 50);
        var first = sweep.Assign(1)!.Value;
        for (var epoch = 1; epoch <= 20; epoch++) sweep.Record(1, first, Report(epoch, heldOut: epoch == 7 ? 0.9 : 0.5));
        sweep.Lose(1);
        var second = sweep.Assign(2)!.Value;
        sweep.Record(2, second, Report(21, trainLoss: double.PositiveInfinity));
        await using var served = await ServedSweep.StartAsync(sweep);

        var trial = await served.GetAsync("/trials/1");
        Assert.Equal(
            [("1.1", "worker-1", 20, "lost"), ("1.2", "worker-2", 1, "diverged")],
            trial.GetProperty("attempts").EnumerateArray().Select(attempt => (
                attempt.GetProperty("attempt").GetString(), attempt.GetProperty("worker").GetString(), attempt.GetProperty("epochs").GetInt32(), attempt.GetProperty("ending").GetString())));
        Assert.Contains("learning_rate=", string.Join(' ', trial.GetProperty("settings").EnumerateArray()));

        var epochs = await served.GetAsync("/trials/1/epochs?points=5");
        Assert.Equal(21, epochs.GetProperty("total").GetInt32());
        Assert.Equal([1, 6, 7, 11, 16, 21], epochs.GetProperty("epochs").EnumerateArray().Select(epoch => epoch.GetProperty("epoch").GetInt32()));
        Assert.Equal(JsonValueKind.Null, epochs.GetProperty("epochs")[5].GetProperty("train_loss").ValueKind);
    }

    [Theory]
    [InlineData("/progress")]
    [InlineData("/parallel?points=3")]
    [InlineData("/importance")]
    [InlineData("/effects")]
    [InlineData("/overfit-map?x=learning_rate")]
    [InlineData("/rungs")]
    [InlineData("/lineage")]
    [InlineData("/workers")]
    [InlineData("/timeline?points=5")]
    [InlineData("/warnings")]
    [InlineData("/trials/1/log")]
    public async Task Every_chart_has_its_data(string path)
    {
        var sweep = new TestSweep("scheduler: {name: asha, min_epochs: 1, reduction_factor: 2}", trials: 12, epochs: 4);
        sweep.RunToTheEnd(trial => trial.Id.Number / 100.0);
        await using var served = await ServedSweep.StartAsync(sweep);
        Assert.Equal(JsonValueKind.Object, (await served.GetAsync(path)).ValueKind);
    }

    [Fact]
    public async Task Rungs_say_what_became_of_the_trials_that_came_so_far()
    {
        var sweep = new TestSweep("scheduler: {name: asha, min_epochs: 1, reduction_factor: 2}", trials: 8, epochs: 4);
        sweep.RunToTheEnd(trial => trial.Id.Number / 100.0);
        await using var served = await ServedSweep.StartAsync(sweep);
        var lowest = (await served.GetAsync("/rungs")).GetProperty("rungs")[0];
        Assert.Equal((1, 8), (lowest.GetProperty("epochs").GetInt32(), lowest.GetProperty("reached").GetInt32()));
        Assert.Equal(8, lowest.GetProperty("went_on").GetInt32() + lowest.GetProperty("stopped").GetInt32());
        Assert.Equal(8, lowest.GetProperty("entries")[0].GetProperty("trial").GetInt32());
        Assert.Equal("went_on", lowest.GetProperty("entries")[0].GetProperty("fate").GetString());
    }

    [Theory]
    [InlineData("/api/v1/sweeps/other", HttpStatusCode.NotFound, "there is no sweep `other`")]
    [InlineData("/api/v1/sweeps/test/trials/99", HttpStatusCode.NotFound, "there is no trial 99")]
    [InlineData("/api/v1/sweeps/test/trials/1/model", HttpStatusCode.NotFound, "has no model")]
    [InlineData("/api/v1/sweeps/test/trials?sort=objectiv", HttpStatusCode.BadRequest, "did you mean `objective`?")]
    [InlineData("/api/v1/sweeps/test/trials?filter=gap>much", HttpStatusCode.BadRequest, "no number")]
    [InlineData("/api/v1/sweeps/test/trials?limit=many", HttpStatusCode.BadRequest, "limit")]
    public async Task A_request_that_cannot_be_answered_is_told_why(string path, HttpStatusCode status, string reason)
    {
        var sweep = new TestSweep(Sweep);
        sweep.Assign(1);
        await using var served = await ServedSweep.StartAsync(sweep);
        var answer = await served.Client.GetAsync(path);
        Assert.Equal(status, answer.StatusCode);
        Assert.Equal("application/problem+json", answer.Content.Headers.ContentType?.MediaType);
        Assert.Contains(reason, (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("detail").GetString());
    }

    [Fact]
    public async Task Events_come_as_they_happen()
    {
        var sweep = new TestSweep(Sweep);
        await using var served = await ServedSweep.StartAsync(sweep);
        using var answer = await served.Client.GetAsync("/api/v1/sweeps/test/events", HttpCompletionOption.ResponseHeadersRead);
        Assert.Equal("text/event-stream", answer.Content.Headers.ContentType?.MediaType);
        using var lines = new StreamReader(await answer.Content.ReadAsStreamAsync());
        Assert.Equal("hello", (await NextAsync()).GetProperty("kind").GetString());
        sweep.Assign(1);
        served.Tell();
        var (created, started) = (await NextAsync(), await NextAsync());
        Assert.Equal(("trial_created", 1), (created.GetProperty("kind").GetString(), created.GetProperty("trial").GetInt32()));
        Assert.Equal(("attempt_started", 3), (started.GetProperty("kind").GetString(), started.GetProperty("number").GetInt32()));

        async Task<JsonElement> NextAsync()
        {
            while (await lines.ReadLineAsync() is { } line)
                if (line.StartsWith("data: ", StringComparison.Ordinal)) return JsonSerializer.Deserialize<JsonElement>(line["data: ".Length..]);
            throw new InvalidOperationException("the stream ended");
        }
    }

    [Fact]
    public async Task A_stream_of_events_is_kept_alive_while_nothing_happens()
    {
        var sweep = new TestSweep(Sweep);
        await using var served = await ServedSweep.StartAsync(sweep);
        using var answer = await served.Client.GetAsync("/api/v1/sweeps/test/events", HttpCompletionOption.ResponseHeadersRead);
        using var lines = new StreamReader(await answer.Content.ReadAsStreamAsync());
        Assert.StartsWith("data: ", await lines.ReadLineAsync(), StringComparison.Ordinal);
        for (var times = 0; times < 3; times++)
        {
            await served.Time.TimerAsync(EventStream.Idle);
            served.Time.Advance(EventStream.Idle);
            Assert.Equal("", await lines.ReadLineAsync());
            Assert.Equal(": nothing new", await lines.ReadLineAsync());
        }
        sweep.Assign(1);
        served.Tell();
        Assert.Equal("", await lines.ReadLineAsync());
        Assert.Contains("trial_created", await lines.ReadLineAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_OpenAPI_document_is_valid_and_tells_of_every_address()
    {
        await using var served = await ServedSweep.StartAsync(new TestSweep(Sweep));
        var (document, diagnostic) = OpenApiDocument.Parse(await served.Client.GetStringAsync("/api/v1/openapi.json"), "json");
        Assert.NotNull(document);
        Assert.Empty(diagnostic!.Errors);
        Assert.Empty(diagnostic.Warnings);
        Assert.Empty(document.Validate(ValidationRuleSet.GetDefaultRuleSet()));
        Assert.Contains("/api/v1/sweeps/{sweep}/trials/{trial}/epochs", document.Paths.Keys);
        Assert.All(document.Paths.Values.SelectMany(path => path.Operations!.Values), operation => Assert.False(string.IsNullOrEmpty(operation.Summary)));
    }

    private static async Task ShowsAsync(ServedSweep served, string path, params int[] trials) => Assert.Equal(trials, Numbers(await served.GetAsync(path)));

    private static int[] Numbers(JsonElement page) => [.. page.GetProperty("trials").EnumerateArray().Select(row => row.GetProperty("trial").GetInt32())];
}
