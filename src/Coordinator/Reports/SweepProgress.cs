using Sweep.Shared;

namespace Sweep.Coordinator.Reports;

/// <summary>A sweep at one moment, as its display needs it.</summary>
/// <param name="Finished">Trials that have an outcome.</param>
/// <param name="Total">Trials there will be; null where nobody knows yet.</param>
/// <param name="Waiting">Trials that were created and hold no worker.</param>
/// <param name="Best">The row that ranks first so far (<see cref="Leaderboard.BetterOf"/>); null before there is one.</param>
/// <param name="Paused">Trials that the scheduler keeps from going on.</param>
public sealed record SweepProgress(int Finished, int? Total, int Waiting, int Paused, IReadOnlyList<RunningTrial> Running, LeaderboardRow? Best);

/// <param name="Epoch">The epoch in training, from 1.</param>
/// <param name="EpochProgress">Share of that epoch done, in [0, 1].</param>
/// <param name="Objective">Of the newest report; null before the first.</param>
/// <param name="Worker">Short name.</param>
public sealed record RunningTrial(TrialId Trial, int Epoch, int Epochs, double EpochProgress, double? Objective, string Worker);
