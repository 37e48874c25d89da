using System.Collections.Immutable;

namespace Sweep.Shared.Settings;

/// <summary>
/// The settings that a sweep file gives outside <c>parameters</c>, by <see cref="Setting.Name"/>. It matters which are given,
/// because some defaults hang on other settings: the learning rate's on the optimiser, the widths' on the number of stages.
/// </summary>
public sealed class GivenSettings(ImmutableDictionary<string, HyperparameterValue> values)
{
    public static GivenSettings None { get; } = new(ImmutableDictionary<string, HyperparameterValue>.Empty);

    /// <summary>A trial's value, else the given one; null where neither is.</summary>
    public HyperparameterValue? ValueOf(string name, Hyperparameters hyperparameters) => hyperparameters[name] ?? values.GetValueOrDefault(name);

    /// <summary>Puts the given settings, then the trial's own, into <paramref name="start"/>, and derives the defaults that hang on them.</summary>
    public TrialConfiguration Configure(TrialConfiguration start, Hyperparameters hyperparameters) => start switch
    {
        NetworkConfiguration network => Configure(network, hyperparameters),
        CustomConfiguration custom => Configure(custom, hyperparameters),
        _ => throw new ArgumentOutOfRangeException(nameof(start), start, "unknown kind of configuration"),
    };

    /// <summary>The budget is the one setting that every trainer knows; it is no parameter of the trainer's own.</summary>
    private CustomConfiguration Configure(CustomConfiguration start, Hyperparameters hyperparameters) => start with
    {
        Epochs = ValueOf(Setting.Epochs, hyperparameters) is HyperparameterValue.Integer epochs ? (int)epochs.Value : start.Epochs,
        Parameters = new Hyperparameters(hyperparameters.Where(entry => entry.Key != Setting.Epochs)),
    };

    /// <inheritdoc cref="Configure(TrialConfiguration, Hyperparameters)"/>
    public NetworkConfiguration Configure(NetworkConfiguration start, Hyperparameters hyperparameters)
    {
        var configuration = start;
        foreach (var setting in Setting.All)
            if (ValueOf(setting.Name, hyperparameters) is { } value) configuration = setting.Apply(configuration, value);
        var (model, training) = (configuration.Model, configuration.Training);
        if (!Has(Setting.LearningRate)) training = training with { LearningRate = DefaultLearningRate(training.Optimizer) };
        if (!Has(Setting.Widths) && !Has(Setting.Preset)) model = model with { Widths = DefaultWidths(model.Blocks.Count) };
        // Without momentum there is nothing to look ahead with, and optimisers refuse it.
        if (training.Momentum == 0) training = training with { Nesterov = false };
        return configuration with { Model = model, Training = training };

        bool Has(string name) => ValueOf(name, hyperparameters) is not null;
    }

    /// <summary>What these optimisers' papers start with.</summary>
    private static double DefaultLearningRate(Optimizer optimizer) => optimizer switch
    {
        Optimizer.Sgd => 0.1,
        Optimizer.Adam or Optimizer.AdamW => 0.001,
        _ => throw new ArgumentOutOfRangeException(nameof(optimizer), optimizer, null),
    };

    /// <summary>16 channels, doubled whenever the image is halved.</summary>
    private static ValueArray<int> DefaultWidths(int stages)
    {
        // More stages than these fit no image and are refused; till then, their widths must not overflow.
        const int MostDoublings = 12;
        return Enumerable.Range(0, stages).Select(stage => 16 << Math.Min(stage, MostDoublings)).ToValueArray();
    }
}
