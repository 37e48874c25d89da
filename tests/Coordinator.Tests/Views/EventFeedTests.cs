using Sweep.Coordinator.Views;

namespace Sweep.Coordinator.Tests.Views;

public sealed class EventFeedTests
{
    [Fact]
    public async Task A_reader_that_is_too_slow_is_told_that_it_has_missed_something()
    {
        using var feed = new EventFeed();
        using var slow = feed.Subscribe();
        for (var number = 1; number <= 5_000; number++) feed.Publish(new FeedEntry(number, "epoch_recorded", 1));
        feed.Dispose();
        var heard = await HearAsync(slow);
        Assert.Equal("gap", heard[0].Kind);
        Assert.Equal(5_000, heard[^1].Number);
        Assert.True(heard.Count < 2_000);
    }

    [Fact]
    public async Task A_reader_that_keeps_up_misses_nothing()
    {
        using var feed = new EventFeed();
        using var reader = feed.Subscribe();
        for (var number = 1; number <= 500; number++) feed.Publish(new FeedEntry(number, "epoch_recorded", 1));
        feed.Dispose();
        var heard = await HearAsync(reader);
        Assert.Equal(Enumerable.Range(1, 500), heard.Select(entry => (int)entry.Number));
    }

    private static async Task<List<FeedEntry>> HearAsync(EventFeed.Reader reader)
    {
        var heard = new List<FeedEntry>();
        await foreach (var entry in reader.ReadAllAsync(TestContext.Current.CancellationToken)) heard.Add(entry);
        return heard;
    }
}
