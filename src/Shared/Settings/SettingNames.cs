using Sweep.Shared.Models;

namespace Sweep.Shared.Settings;

/// <summary>What sweep files call the values of enumerations.</summary>
public static class SettingNames
{
    public static NameTable<ModelFamily> ModelFamilies { get; } = new(("resnet", ModelFamily.Resnet), ("mnist_cnn", ModelFamily.MnistCnn));

    public static NameTable<BlockKind> BlockKinds { get; } = new(("basic", BlockKind.Basic), ("bottleneck", BlockKind.Bottleneck));

    public static NameTable<ShortcutKind> ShortcutKinds { get; } =
        new(("identity_padding", ShortcutKind.IdentityPadding), ("projection", ShortcutKind.Projection));

    public static NameTable<InitKind> InitKinds { get; } = new(("kaiming", InitKind.Kaiming), ("pytorch_default", InitKind.PytorchDefault));

    public static NameTable<Optimizer> Optimizers { get; } = new(("sgd", Optimizer.Sgd), ("adam", Optimizer.Adam), ("adamw", Optimizer.AdamW));

    public static NameTable<LearningRateScheduleKind> Schedules { get; } = new(
        ("constant", LearningRateScheduleKind.Constant),
        ("step", LearningRateScheduleKind.Step),
        ("multistep", LearningRateScheduleKind.Multistep),
        ("cosine", LearningRateScheduleKind.Cosine),
        ("one_cycle", LearningRateScheduleKind.OneCycle));

    public static NameTable<Precision> Precisions { get; } = new(("float32", Precision.Float32), ("bfloat16", Precision.BFloat16));
}

/// <summary>The names of an enumeration's values.</summary>
public sealed class NameTable<T>(params (string Name, T Value)[] rows)
    where T : struct, Enum
{
    public SettingType.Name Type => new(rows.Select(row => row.Name).ToValueArray());

    /// <exception cref="InvalidOperationException">Nothing is called so.</exception>
    public T Of(string name) => rows.First(row => row.Name == name).Value;

    public T Of(HyperparameterValue value) => Of(((HyperparameterValue.Text)value).Value);

    public string NameOf(T value) => rows.First(row => EqualityComparer<T>.Default.Equals(row.Value, value)).Name;
}
