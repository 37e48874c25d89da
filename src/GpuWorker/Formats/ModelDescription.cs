using System.Text.Json;
using System.Text.Json.Serialization;
using Sweep.GpuWorker.Data;
using Sweep.Shared;
using Sweep.Shared.Datasets;
using Sweep.Shared.Models;
using Sweep.Shared.Settings;

namespace Sweep.GpuWorker.Formats;

/// <summary>What one must know of a trained network to use it, and where it comes from.</summary>
/// <param name="FormatVersion">Of this description: <see cref="CurrentVersion"/>.</param>
/// <param name="Program">Name and version of the program that wrote the file.</param>
/// <param name="Sweep">The sweep's unique name.</param>
/// <param name="Epoch">After which the weights were taken; from 1.</param>
/// <param name="ValidationAccuracy">At that epoch, in [0, 1]; null where the sweep holds out no validation images.</param>
/// <param name="TestAccuracy">At that epoch, in [0, 1], on the test images that the sweep uses.</param>
/// <param name="Image">What the network takes; height and width of the data set's images.</param>
/// <param name="Classes">Logits that the network gives.</param>
/// <param name="Normalization">What a pixel in [0, 1] goes through before the network sees it.</param>
/// <param name="Configuration">Everything that the trial trained with.</param>
public sealed record ModelDescription(
    int FormatVersion,
    string Program,
    string Sweep,
    int Trial,
    int Attempt,
    int Epoch,
    double? ValidationAccuracy,
    double? TestAccuracy,
    ImageShape Image,
    int Classes,
    Normalization Normalization,
    NetworkConfiguration Configuration)
{
    public const int CurrentVersion = 1;

    /// <summary>The network that an attempt has after <paramref name="report"/>'s epoch.</summary>
    public static ModelDescription Of(AttemptId attempt, NetworkConfiguration configuration, EpochReport report)
    {
        var facts = DatasetFacts.Of(configuration.Dataset.Name);
        return new ModelDescription(
            CurrentVersion, $"sweep {typeof(ModelDescription).Assembly.GetName().Version?.ToString(3)}",
            attempt.Sweep.Value, attempt.Trial.Number, attempt.Number,
            report.Epoch, report.Validation?.Accuracy, report.Test?.Accuracy,
            facts.Image, facts.Classes, Normalization.Of(facts.Name), configuration);
    }
}

/// <summary>The description as JSON, with the names that sweep files use.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true,
    Converters =
    [
        typeof(DatasetNameConverter), typeof(ModelFamilyConverter), typeof(BlockKindConverter), typeof(ShortcutKindConverter),
        typeof(InitKindConverter), typeof(OptimizerConverter), typeof(ScheduleConverter), typeof(PrecisionConverter),
    ])]
[JsonSerializable(typeof(ModelDescription))]
internal sealed partial class ModelDescriptionJson : JsonSerializerContext;

internal abstract class NamedConverter<T>(Func<T, string> nameOf, Func<string, T> of) : JsonConverter<T>
{
    public override T Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        var name = reader.GetString() ?? "null";
        try
        {
            return of(name);
        }
        catch (InvalidOperationException)
        {
            throw new JsonException($"unknown {typeof(T).Name} '{name}'");
        }
    }

    public override void Write(Utf8JsonWriter writer, T value, JsonSerializerOptions options) => writer.WriteStringValue(nameOf(value));
}

internal sealed class DatasetNameConverter() : NamedConverter<DatasetName>(
    name => DatasetFacts.Of(name).FileName, text => (DatasetFacts.ByFileName(text) ?? throw new InvalidOperationException()).Name);

internal sealed class ModelFamilyConverter() : NamedConverter<ModelFamily>(SettingNames.ModelFamilies.NameOf, SettingNames.ModelFamilies.Of);

internal sealed class BlockKindConverter() : NamedConverter<BlockKind>(SettingNames.BlockKinds.NameOf, SettingNames.BlockKinds.Of);

internal sealed class ShortcutKindConverter() : NamedConverter<ShortcutKind>(SettingNames.ShortcutKinds.NameOf, SettingNames.ShortcutKinds.Of);

internal sealed class InitKindConverter() : NamedConverter<InitKind>(SettingNames.InitKinds.NameOf, SettingNames.InitKinds.Of);

internal sealed class OptimizerConverter() : NamedConverter<Optimizer>(SettingNames.Optimizers.NameOf, SettingNames.Optimizers.Of);

internal sealed class ScheduleConverter() : NamedConverter<LearningRateScheduleKind>(SettingNames.Schedules.NameOf, SettingNames.Schedules.Of);

internal sealed class PrecisionConverter() : NamedConverter<Precision>(SettingNames.Precisions.NameOf, SettingNames.Precisions.Of);
