using System.Globalization;

namespace Sweep.Bench.RealSweeps;

/// <summary>A data set with the space that is searched on it, cut down so that a CPU core trains an epoch in about a second.</summary>
/// <param name="Epochs">Of all trials together, after which a sweep ends.</param>
internal sealed record RealSweep(string Name, string Title, int Epochs, string Yaml)
{
    public static readonly RealSweep FashionMnist = new("fashion-mnist", "Fashion-MNIST", 270, """
        dataset: {name: fashion-mnist, train_limit: 6000, test_limit: 500, validation_fraction: 0.25}
        model: {family: mnist_cnn}
        training: {epochs: 9}
        parameters:
          optimizer: {values: [sgd, adam]}
          learning_rate: {distribution: log_uniform, min: 1.0e-4, max: 0.5}
          momentum: {distribution: uniform, min: 0.5, max: 0.99, when: {optimizer: sgd}}
          weight_decay: {distribution: log_uniform, min: 1.0e-6, max: 1.0e-2}
          batch_size: {distribution: int_log_uniform, min: 32, max: 256}
          label_smoothing: {distribution: uniform, min: 0.0, max: 0.2}
        """);

    public static readonly RealSweep Cifar100 = new("cifar100", "CIFAR-100, 3,000 images", 108, """
        dataset: {name: cifar100, train_limit: 3000, test_limit: 100, validation_fraction: 0.3}
        model: {family: resnet, widths: [8, 16]}
        training: {epochs: 9, schedule: one_cycle}
        augmentation: {crop_padding: 2}
        objective: {metric: validation_loss}
        parameters:
          blocks: {values: [[1, 1], [1, 1, 1]]}
          widths: {values: [[8, 16, 32]], when: {blocks: [1, 1, 1]}}
          learning_rate: {distribution: log_uniform, min: 1.0e-3, max: 1.0}
          momentum: {distribution: uniform, min: 0.5, max: 0.99}
          weight_decay: {distribution: log_uniform, min: 1.0e-5, max: 1.0e-2}
          batch_size: {distribution: int_log_uniform, min: 32, max: 128}
          augmentation: {values: [true, false]}
        """);

    public static readonly RealSweep[] All = [FashionMnist, Cifar100];

    /// <summary>The sweep file of one run. No trial ends but by its scheduler, so that the pairs differ in nothing else.</summary>
    public string SweepFile(Pair pair, int seed) => $$$"""
        name: {{{RunOf(pair, seed)}}}
        seed: {{{seed.ToString(CultureInfo.InvariantCulture)}}}
        {{{Yaml}}}
        search: {algorithm: {{{pair.Search}}}, trials: 1000}
        scheduler: {name: {{{pair.Scheduler}}}}
        early_stopping: {overfit: {action: flag}}
        limits: {max_epochs_total: {{{Epochs}}}}
        """;

    public string RunOf(Pair pair, int seed) => $"{Name}-{pair.Scheduler}-{pair.Search}-{seed}";
}

/// <param name="Search">By the name of <c>search.algorithm</c>.</param>
/// <param name="Scheduler">By the name of <c>scheduler.name</c>.</param>
internal sealed record Pair(string Search, string Scheduler)
{
    public static readonly Pair Random = new("random", "none"), AshaAndTpe = new("tpe", "asha");

    public override string ToString() => Scheduler == "none" ? Search : $"{Scheduler} + {Search}";
}
