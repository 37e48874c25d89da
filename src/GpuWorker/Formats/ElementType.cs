using TorchSharp;

namespace Sweep.GpuWorker.Formats;

/// <summary>A number type as safetensors names it.</summary>
/// <param name="Bytes">Of one number.</param>
internal sealed record ElementType(string Name, torch.ScalarType Torch, int Bytes)
{
    private static readonly ElementType[] All =
    [
        new("F64", torch.ScalarType.Float64, 8), new("F32", torch.ScalarType.Float32, 4),
        new("F16", torch.ScalarType.Float16, 2), new("BF16", torch.ScalarType.BFloat16, 2),
        new("I64", torch.ScalarType.Int64, 8), new("I32", torch.ScalarType.Int32, 4),
        new("I16", torch.ScalarType.Int16, 2), new("I8", torch.ScalarType.Int8, 1),
        new("U8", torch.ScalarType.Byte, 1), new("BOOL", torch.ScalarType.Bool, 1),
    ];

    public static string Names => string.Join(", ", All.Select(type => type.Name));

    /// <summary>Null for a name that is not known.</summary>
    public static ElementType? ByName(string? name) => Array.Find(All, type => type.Name == name);

    /// <exception cref="ArgumentException">The format has no such type.</exception>
    public static ElementType Of(torch.ScalarType type) =>
        Array.Find(All, candidate => candidate.Torch == type) ?? throw new ArgumentException($"safetensors has no {type}", nameof(type));
}
