using System.Text;
using System.Text.Json;
using Sweep.Coordinator.Audits;
using Sweep.Coordinator.Histories;
using Sweep.Coordinator.Reports;
using Sweep.Coordinator.SweepFiles;
using Sweep.Coordinator.Trials;

namespace Sweep.Coordinator.Tests.Histories;

/// <summary>Histories as released formats left them: one line an event, as the journal's columns have it. They are never changed, only added to; leaderboards change when leaderboards do.</summary>
public sealed class GoldenHistoryTests
{
    private static readonly string Folder = Path.Combine(AppContext.BaseDirectory, "Histories", "Golden");

    [Theory]
    [InlineData("0.1")]
    [InlineData("0.1-resumed")]
    [InlineData("0.1-failures")]
    [InlineData("0.1-paused")]
    [InlineData("0.1-population")]
    [InlineData("0.1-orders")]
    [InlineData("0.1-learned")]
    public void A_history_of_an_earlier_format_gives_the_leaderboard_that_it_gave_then(string name)
    {
        var (began, events) = History(name);
        var state = events.Aggregate(new SweepState(began), (state, sweepEvent) => state.Apply(sweepEvent));

        using var stream = new MemoryStream();
        LeaderboardJson.Write(stream, Leaderboard.Of(SweepFacts.Of(state.Definition), [.. state.Trials], ended: true));
        Assert.Equal(File.ReadAllText(Path.Combine(Folder, $"{name}.leaderboard.json")), Encoding.UTF8.GetString(stream.ToArray()));
        Assert.Empty(HistoryAudit.ProblemsIn(events, state));
    }

    [Theory]
    [InlineData("0.1")]
    [InlineData("0.1-resumed")]
    [InlineData("0.1-failures")]
    [InlineData("0.1-paused")]
    [InlineData("0.1-population")]
    [InlineData("0.1-orders")]
    [InlineData("0.1-learned")]
    public void A_snapshot_after_any_event_stands_for_the_events_until_then(string name)
    {
        var (began, events) = History(name);
        var state = new SweepState(began);
        var restored = state;
        foreach (var sweepEvent in events)
        {
            state = state.Apply(sweepEvent);
            restored = Restored(restored.Apply(sweepEvent), began);
            Assert.Equal(StateText.Of(state), StateText.Of(restored));
        }
    }

    private static SweepState Restored(SweepState state, SweepDefinition began)
    {
        var json = JsonSerializer.SerializeToUtf8Bytes(state.ToSnapshot(), SweepSnapshotJson.Default.SweepSnapshot);
        return SweepState.Restore(began, JsonSerializer.Deserialize(json, SweepSnapshotJson.Default.SweepSnapshot)!);
    }

    private static (SweepDefinition Began, IReadOnlyList<ISweepEvent> Events) History(string name)
    {
        var events = Read(name).Select(row => SweepEventSerializer.Read(Encoding.UTF8.GetBytes(row.Event), row.Manifest)).ToList();
        var text = ((SweepStarted)events[0]).SweepFile ?? File.ReadAllText(Path.Combine(Folder, $"{name}.yaml"));
        return (Assert.IsType<SweepFileResult.Valid>(SweepFileReader.ReadText(text, "golden.yaml"), exactMatch: true).Definition, events);
    }

    [Fact]
    public void Every_manifest_that_is_written_today_is_in_a_golden_history() =>
        Assert.Empty(SweepEventSerializer.Table.Select(entry => entry.Manifest).Except(((string[])["0.1-failures", "0.1-paused", "0.1-population", "0.1-orders", "0.1-learned"]).SelectMany(Read).Select(row => row.Manifest)));

    private static IEnumerable<(string Manifest, string Event)> Read(string name)
    {
        foreach (var line in File.ReadLines(Path.Combine(Folder, $"{name}.jsonl")))
        {
            using var row = JsonDocument.Parse(line);
            yield return (row.RootElement.GetProperty("manifest").GetString()!, row.RootElement.GetProperty("event").GetRawText());
        }
    }
}
