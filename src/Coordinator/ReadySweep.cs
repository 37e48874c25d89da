using Sweep.Coordinator.Histories;
using Sweep.Coordinator.Plans;
using Sweep.Coordinator.Resuming;
using Sweep.Coordinator.Samplers;
using Sweep.Coordinator.Terms;

namespace Sweep.Coordinator;

/// <summary>A sweep that may run: its file is valid, its folder is there, and this process is the coordinator at work on it.</summary>
public sealed record ReadySweep(SweepOpening Opening, ISampler Sampler, SweepPlan Plan, RunFolder Folder, HistoryStore Store, ITerm Term);
