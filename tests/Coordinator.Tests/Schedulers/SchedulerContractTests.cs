namespace Sweep.Coordinator.Tests.Schedulers;

public sealed class NoSchedulerContractTests : SchedulerContract
{
    protected override string Section => "{name: none}";

    protected override bool MayEndAt(int epoch) => false;
}

public sealed class MedianStoppingRuleContractTests : SchedulerContract
{
    protected override string Section => "{name: median, min_epochs: 3}";

    protected override bool MayEndAt(int epoch) => epoch >= 3;
}

public sealed class AshaContractTests : SchedulerContract
{
    protected override string Section => "{name: asha, min_epochs: 2, reduction_factor: 2}";

    protected override bool MayEndAt(int epoch) => epoch is 2 or 4 or 8 or 16;
}

public sealed class BohbContractTests : SchedulerContract
{
    protected override string Section => "{name: bohb, reduction_factor: 3}";

    protected override string Algorithm => "tpe";

    protected override bool MayEndAt(int epoch) => epoch is 1 or 3 or 9;
}

public sealed class ScreeningContractTests : SchedulerContract
{
    protected override string Section => "{name: screening, min_epochs: 3, reduction_factor: 3}";

    protected override string Algorithm => "gp";

    protected override bool MayEndAt(int epoch) => epoch is 3 or 9;
}

public sealed class HyperbandContractTests : SchedulerContract
{
    protected override string Section => "{name: hyperband, reduction_factor: 3}";

    protected override bool MayEndAt(int epoch) => epoch is 1 or 3 or 9;
}
