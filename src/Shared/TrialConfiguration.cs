using System.Globalization;
using System.IO.Hashing;
using System.Text;
using System.Text.Json.Serialization;
using Sweep.Shared.Datasets;
using Sweep.Shared.Models;
using Sweep.Shared.Protocol;

namespace Sweep.Shared;

/// <summary>Everything that one trial trains with. Resolved: no default, preset or search space is left in it.</summary>
[JsonConverter(typeof(TrialConfigurationConverter))]
public abstract record TrialConfiguration
{
    private protected TrialConfiguration() { }

    /// <summary>The trial's budget; at least 1.</summary>
    [JsonIgnore]
    public abstract int Budget { get; }

    /// <summary>Who trains: see <see cref="TrainerSettings.Name"/>.</summary>
    [JsonIgnore]
    public abstract string TrainerName { get; }

    /// <summary>The configuration as text in which only what has an effect appears, one <c>name=value</c> a line. Equal texts train alike.</summary>
    public abstract string CanonicalText();

    /// <summary>128-bit XxHash of <see cref="CanonicalText"/>, as 32 hexadecimal digits: two trials with the same hash are the same trial.</summary>
    public string CanonicalHash() => Convert.ToHexStringLower(XxHash128.Hash(Encoding.UTF8.GetBytes(CanonicalText())));
}

/// <summary>What the built-in trainer trains with: a network, on a data set.</summary>
public sealed record NetworkConfiguration(
    DatasetSettings Dataset,
    ModelSettings Model,
    TrainingSettings Training,
    AugmentationSettings Augmentation) : TrialConfiguration
{
    /// <summary>What workers call the trainer.</summary>
    public const string Trainer = "network";

    [JsonIgnore]
    public override int Budget => Training.Epochs;

    [JsonIgnore]
    public override string TrainerName => Trainer;

    /// <inheritdoc/>
    /// <remarks>Without augmentation, its crop padding does not matter; under Adam, neither does momentum.</remarks>
    public override string CanonicalText()
    {
        var text = new StringBuilder();
        Dataset.AppendCanonical(text);
        Model.AppendCanonical(text);
        Training.AppendCanonical(text);
        Augmentation.AppendCanonical(text);
        return text.ToString();
    }
}

/// <summary>What any other trainer trains with: parameters whose meaning it alone knows.</summary>
public sealed record CustomConfiguration(TrainerSettings Trainer, int Epochs, Hyperparameters Parameters) : TrialConfiguration
{
    [JsonIgnore]
    public override int Budget => Epochs;

    [JsonIgnore]
    public override string TrainerName => Trainer.Name ?? TrainerSettings.CommandName;

    public override string CanonicalText()
    {
        var text = new StringBuilder();
        Trainer.AppendCanonical(text);
        text.Setting("epochs", Epochs);
        foreach (var (name, value) in Parameters) text.Setting($"parameter {name}", value);
        return text.ToString();
    }
}

/// <param name="ValidationFraction">Share of the training images, in [0, 1), that is held out to choose by; 0 holds out none.</param>
/// <param name="TrainLimit">At most this many training images, validation images included; null for all.</param>
/// <param name="TestLimit">At most this many test images; null for all.</param>
public sealed record DatasetSettings(DatasetName Name, double ValidationFraction = 0.1, int? TrainLimit = null, int? TestLimit = null)
{
    /// <summary><inheritdoc cref="ValidationImages(double, int)"/></summary>
    public int ValidationImages(int images) => ValidationImages(ValidationFraction, images);

    /// <summary>How many of so many training images are held out: their share, rounded, and at least one image of each part where it is above 0.</summary>
    public static int ValidationImages(double fraction, int images) => fraction <= 0 || images < 2
        ? 0
        : Math.Clamp((int)Math.Round(fraction * images, MidpointRounding.AwayFromZero), 1, images - 1);

    internal void AppendCanonical(StringBuilder text) => text
        .Setting("dataset", Name).Setting("validation_fraction", ValidationFraction)
        .Setting("train_limit", TrainLimit).Setting("test_limit", TestLimit);
}

public enum Optimizer { Sgd, Adam, AdamW }

public enum LearningRateScheduleKind { Constant, Step, Multistep, Cosine, OneCycle }

public enum Precision { Float32, BFloat16 }

/// <param name="Epochs">The trial's budget; at least 1.</param>
/// <param name="LearningRate">The peak learning rate; above 0.</param>
/// <param name="Momentum">SGD's momentum in [0, 1); Adam and AdamW ignore it.</param>
/// <param name="WeightDecay">At least 0; never applied to batch norm or biases. L2 under SGD and Adam, decoupled under AdamW.</param>
/// <param name="Milestones">Epochs (from 0) after which <c>multistep</c> decays; <c>step</c> decays every <c>Milestones[0]</c> epochs.</param>
/// <param name="DecayFactor">What a milestone multiplies the learning rate with; in (0, 1].</param>
/// <param name="WarmupEpochs">Epochs of linear warm-up, counted in steps; 0 for none.</param>
/// <param name="LabelSmoothing">In [0, 1).</param>
/// <param name="Accumulate">Micro-batches, at least 1, that a batch is cut into; their gradients add up to one optimiser step. 1 leaves it whole.</param>
/// <param name="AutoAccumulate">Whether training that runs out of memory goes on with twice as many micro-batches.</param>
public sealed record TrainingSettings(
    int Epochs,
    int BatchSize = 128,
    Optimizer Optimizer = Optimizer.Sgd,
    double LearningRate = 0.1,
    double Momentum = 0.9,
    bool Nesterov = false,
    double WeightDecay = 1e-4,
    LearningRateScheduleKind Schedule = LearningRateScheduleKind.Cosine,
    ValueArray<int> Milestones = default,
    double DecayFactor = 0.1,
    int WarmupEpochs = 0,
    double LabelSmoothing = 0,
    Precision Precision = Precision.Float32,
    int Accumulate = 1,
    bool AutoAccumulate = false)
{
    internal void AppendCanonical(StringBuilder text)
    {
        text.Setting("epochs", Epochs).Setting("batch_size", BatchSize).Setting("optimizer", Optimizer)
            .Setting("learning_rate", LearningRate).Setting("weight_decay", WeightDecay)
            .Setting("schedule", Schedule).Setting("warmup_epochs", WarmupEpochs)
            .Setting("label_smoothing", LabelSmoothing).Setting("precision", Precision);
        if (Optimizer == Optimizer.Sgd) text.Setting("momentum", Momentum);
        if (Optimizer == Optimizer.Sgd && Momentum > 0) text.Setting("nesterov", Nesterov);
        if (Schedule == LearningRateScheduleKind.Step) text.Setting("milestone", Milestones[0]);
        if (Schedule == LearningRateScheduleKind.Multistep) text.Setting("milestones", Milestones);
        if (Schedule is LearningRateScheduleKind.Step or LearningRateScheduleKind.Multistep) text.Setting("decay_factor", DecayFactor);
        if (Accumulate > 1) text.Setting("accumulate", Accumulate);
        if (AutoAccumulate) text.Setting("auto_accumulate", AutoAccumulate);
    }
}

/// <param name="CropPadding">Zero pixels added on every side before a random crop back to the image's size; 0 for no crop.</param>
/// <param name="RotationDegrees">An image is turned by an angle uniform in ± this many degrees, in [0, 180]; 0 for none.</param>
/// <param name="Cutout">Side, in pixels, of a square at a random place that is zeroed after normalisation; 0 for none.</param>
public sealed record AugmentationSettings(
    bool Enabled = false,
    int CropPadding = 4,
    bool HorizontalFlip = true,
    double RotationDegrees = 0,
    int Cutout = 0)
{
    internal void AppendCanonical(StringBuilder text)
    {
        text.Setting("augmentation", Enabled);
        if (!Enabled) return;
        text.Setting("crop_padding", CropPadding).Setting("horizontal_flip", HorizontalFlip)
            .Setting("rotation_degrees", RotationDegrees).Setting("cutout", Cutout);
    }
}

internal static class CanonicalSettings
{
    /// <summary>Appends one line. Numbers in their shortest form that reads back to the same value.</summary>
    public static StringBuilder Setting(this StringBuilder text, string name, object? value) =>
        text.Append(name).Append('=').Append(Convert.ToString(value, CultureInfo.InvariantCulture)).Append('\n');
}
