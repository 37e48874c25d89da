using Sweep.Coordinator.Api;
using Sweep.Coordinator.Reports;
using Sweep.Coordinator.Views;

namespace Sweep.Coordinator.Displays;

/// <summary>A sweep at one moment, as a display needs it: three answers of the API, asked for here or elsewhere.</summary>
/// <param name="Leaders">Best first, at most <see cref="MostLeaders"/>; trials that go on take part by what they have reached.</param>
public sealed record SweepGlance(SweepDocument Sweep, IReadOnlyList<LeaderboardRow> Leaders, WorkersDocument Workers, DateTimeOffset At)
{
    public const int MostLeaders = 5;

    public static SweepGlance Of(SweepView view, DateTimeOffset now) => view.Read(books => new SweepGlance(
        SweepDocument.Of(view, books, now), books.Trials.Leaders(books.State, MostLeaders), WorkersDocument.Of(books), now));
}
