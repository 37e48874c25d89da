using System.Net;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Time.Testing;
using Sweep.Coordinator.Api;
using Sweep.Coordinator.Tests.Trials;
using Sweep.Coordinator.Trials;

namespace Sweep.Coordinator.Tests.Api;

public sealed class KeptDocumentsTests
{
    [Theory]
    [InlineData("/parallel")]
    [InlineData("/overfit-map?x=learning_rate&y=none")]
    public async Task What_the_asker_has_already_is_not_sent_again_until_something_has_happened(string path)
    {
        var sweep = new TestSweep(trials: 12, epochs: 1);
        for (var trial = 1; trial <= 11; trial++) sweep.Record(1, sweep.Assign(1)!.Value, TestSweep.Report(1, heldOut: trial / 20.0));
        await using var served = await ServedSweep.StartAsync(sweep);
        await served.View.CaughtUpAsync();
        using var first = await AskAsync(null);
        using var again = await AskAsync(first.Headers.ETag!.ToString());
        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.NotModified), (first.StatusCode, again.StatusCode));
        Assert.Empty(await again.Content.ReadAsByteArrayAsync());
        sweep.RunToTheEnd(_ => 0.9);
        served.Tell();
        await served.View.CaughtUpAsync();
        using var later = await AskAsync(first.Headers.ETag!.ToString());
        Assert.Equal(HttpStatusCode.OK, later.StatusCode);

        Task<HttpResponseMessage> AskAsync(string? tag)
        {
            var request = new HttpRequestMessage(HttpMethod.Get, $"/api/v1/sweeps/test{path}");
            if (tag is not null) request.Headers.Add("If-None-Match", tag);
            return served.Client.SendAsync(request);
        }
    }

    [Fact]
    public async Task A_document_that_took_long_rests_while_more_happens_and_is_then_made_anew()
    {
        var (time, sweep) = (new FakeTimeProvider(), new TestSweep());
        await using var served = await ServedSweep.StartAsync(sweep);
        var kept = new KeptDocuments(time);
        var made = 0;
        await MadeAsync(1);
        await MadeAsync(1);
        sweep.Assign(1);
        served.Tell();
        await MadeAsync(1);
        time.Advance(TimeSpan.FromSeconds(39));
        await MadeAsync(1);
        time.Advance(TimeSpan.FromSeconds(1));
        await MadeAsync(2);
        time.Advance(TimeSpan.FromDays(1));
        await MadeAsync(2);

        async Task MadeAsync(int times)
        {
            await served.View.CaughtUpAsync();
            Assert.IsType<IResult>(await kept.GetAsync(served.View, "lineage", books => books.AllTrials(), Make), exactMatch: false);
            Assert.Equal(times, made);
        }

        LineageDocument Make(Sweep.Coordinator.Views.AllTrials all)
        {
            made++;
            time.Advance(TimeSpan.FromSeconds(2));
            return LineageDocument.Of(all);
        }
    }

    [Fact]
    public async Task Of_very_many_trials_the_best_are_shown_and_an_even_choice_of_the_rest()
    {
        var sweep = new TestSweep(trials: 300, epochs: 1);
        sweep.RunToTheEnd(trial => trial.Id.Number / 1000.0);
        await using var served = await ServedSweep.StartAsync(sweep);
        var parallel = await served.GetAsync("/parallel?points=20");
        int[] lines = [.. parallel.GetProperty("rows").EnumerateArray().Select(row => row.GetProperty("trial").GetInt32())];
        Assert.Equal(Enumerable.Range(291, 10).Reverse(), lines[..10]);
        Assert.Equal((20, 1), (lines.Length, lines[^1]));
        var map = await served.GetAsync("/overfit-map?x=learning_rate&y=none&points=50");
        int[] points = [.. map.GetProperty("points").EnumerateArray().Select(point => point.GetProperty("trial").GetInt32())];
        Assert.Equal((300, 50, 0), (map.GetProperty("total").GetInt32(), points.Distinct().Count(), map.GetProperty("overfitting").GetInt32()));
        Assert.Equal([300, 299, 298, 297, 296], points[..5]);
    }

    [Fact]
    public async Task The_lineage_of_a_population_names_who_took_over_whose_network()
    {
        var sweep = new TestSweep(TestSweep.Define("""
            name: test
            dataset: {name: digits}
            model: {family: resnet, blocks: [1], widths: [4]}
            training: {epochs: 6}
            parameters: {learning_rate: {distribution: log_uniform, min: 0.001, max: 1.0}}
            scheduler: {name: pbt, population: 4, interval_epochs: 2, quantile: 0.25}
            """));
        sweep.RunToTheEnd(trial => trial.Id.Number / 10.0);
        var exploited = sweep.Events.OfType<TrialExploited>().Select(exploited => (exploited.Epoch, exploited.Source.Number, exploited.Trial.Number)).ToList();
        Assert.NotEmpty(exploited);
        await using var served = await ServedSweep.StartAsync(sweep);
        var lineage = await served.GetAsync("/lineage");
        Assert.Equal(exploited.Order(), lineage.GetProperty("copies").EnumerateArray()
            .Select(copy => (copy.GetProperty("epoch").GetInt32(), copy.GetProperty("from").GetInt32(), copy.GetProperty("to").GetInt32())).Order());
        Assert.Equal([6, 6, 6, 6], lineage.GetProperty("members").EnumerateArray().Select(member => member.GetProperty("epochs_trained").GetInt32()));
        Assert.Contains("learning_rate", lineage.GetProperty("copies")[0].GetProperty("detail").GetString());
    }
}
