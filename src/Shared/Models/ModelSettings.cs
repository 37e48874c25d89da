using System.Text;

namespace Sweep.Shared.Models;

public enum ModelFamily { Resnet, MnistCnn }

/// <summary>Basic: two 3×3 convolutions. Bottleneck: 1×1, 3×3 and 1×1, the last with four times the width.</summary>
public enum BlockKind { Basic, Bottleneck }

/// <summary>How a block's input reaches its output where shapes differ (He et al. 2015, section 3.3).</summary>
public enum ShortcutKind
{
    /// <summary>Option A: every second pixel, missing channels zero; no parameters.</summary>
    IdentityPadding,

    /// <summary>Option B: a strided 1×1 convolution with batch norm.</summary>
    Projection,
}

/// <summary>Kaiming: normal, fan-out, for convolutions (He et al. 2015b). PytorchDefault: what a PyTorch layer starts with.</summary>
public enum InitKind { Kaiming, PytorchDefault }

/// <summary>A network's architecture. The other settings mean nothing to <see cref="ModelFamily.MnistCnn"/>.</summary>
/// <param name="Blocks">Residual blocks in each stage; every stage but the first halves the image.</param>
/// <param name="Widths">Channels of each stage, before a bottleneck's expansion; one entry a stage.</param>
public sealed record ModelSettings(
    ModelFamily Family,
    BlockKind Block = BlockKind.Basic,
    ShortcutKind Shortcut = ShortcutKind.IdentityPadding,
    ValueArray<int> Blocks = default,
    ValueArray<int> Widths = default,
    InitKind Init = InitKind.Kaiming)
{
    /// <summary>Output channels of a block over its width: 1 for basic blocks, 4 for bottlenecks.</summary>
    public int Expansion => Block == BlockKind.Bottleneck ? 4 : 1;

    internal void AppendCanonical(StringBuilder text)
    {
        text.Setting("family", Family).Setting("init", Init);
        if (Family != ModelFamily.Resnet) return;
        text.Setting("block", Block).Setting("shortcut", Shortcut).Setting("blocks", Blocks).Setting("widths", Widths);
    }
}

/// <summary>Layouts that have a name in the literature.</summary>
/// <param name="Shortcut">The shortcut that the published network uses.</param>
public sealed record ModelPreset(string Name, BlockKind Block, ShortcutKind Shortcut, ValueArray<int> Blocks, ValueArray<int> Widths)
{
    /// <summary>The 3-stage networks of He et al. 2015, section 4.2, then their ImageNet networks with a 3×3 stem.</summary>
    public static IReadOnlyList<ModelPreset> All { get; } =
    [
        ThreeStage("resnet20", 3), ThreeStage("resnet32", 5), ThreeStage("resnet44", 7), ThreeStage("resnet56", 9), ThreeStage("resnet110", 18),
        FourStage("resnet18", BlockKind.Basic, [2, 2, 2, 2]),
        FourStage("resnet34", BlockKind.Basic, [3, 4, 6, 3]),
        FourStage("resnet50", BlockKind.Bottleneck, [3, 4, 6, 3]),
        FourStage("resnet101", BlockKind.Bottleneck, [3, 4, 23, 3]),
        FourStage("resnet152", BlockKind.Bottleneck, [3, 8, 36, 3]),
    ];

    private static ModelPreset ThreeStage(string name, int blocks) =>
        new(name, BlockKind.Basic, ShortcutKind.IdentityPadding, [blocks, blocks, blocks], [16, 32, 64]);

    private static ModelPreset FourStage(string name, BlockKind block, ValueArray<int> blocks) =>
        new(name, block, ShortcutKind.Projection, blocks, [64, 128, 256, 512]);
}
