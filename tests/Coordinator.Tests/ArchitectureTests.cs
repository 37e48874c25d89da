using ArchUnitNET.Loader;
using ArchUnitNET.xUnitV3;
using Sweep.Coordinator.Trials;
using Sweep.Shared;
using static ArchUnitNET.Fluent.ArchRuleDefinition;

namespace Sweep.Coordinator.Tests;

/// <summary>Three rings: decisions know neither actors nor edges, and dependencies point inward.</summary>
public sealed class ArchitectureTests
{
    private const string Decisions = @"Sweep\.Coordinator\.(SearchSpaces|Samplers|Schedulers|Overfitting|Plans)(\..*)?";

    private static readonly ArchUnitNET.Domain.Architecture Architecture =
        new ArchLoader().LoadAssemblies(typeof(SweepState).Assembly, typeof(TrialId).Assembly).Build();

    [Fact]
    public void Decisions_do_not_know_actors_reports_or_Akka() =>
        Types().That().ResideInNamespaceMatching(Decisions)
            .Should().NotDependOnAnyTypesThat().ResideInNamespaceMatching(@"(Akka|Sweep\.Coordinator\.(Actors|Reports))(\..*)?")
            .Check(Architecture);

    [Fact]
    public void The_core_of_the_sweep_does_not_know_actors_or_reports() =>
        Types().That().ResideInNamespace("Sweep.Coordinator.Trials")
            .Should().NotDependOnAnyTypesThat().ResideInNamespaceMatching(@"Sweep\.Coordinator\.(Actors|Reports)(\..*)?")
            .Check(Architecture);

    [Fact]
    public void The_coordinator_knows_neither_the_worker_nor_libtorch()
    {
        var known = typeof(SweepState).Assembly.GetReferencedAssemblies().Select(assembly => assembly.Name).ToList();
        Assert.DoesNotContain("gpu-worker", known);
        Assert.DoesNotContain("TorchSharp", known);
    }
}
