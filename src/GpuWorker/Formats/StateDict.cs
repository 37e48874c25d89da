using TorchSharp;
using static TorchSharp.torch;

namespace Sweep.GpuWorker.Formats;

/// <summary>A network's weights and batch statistics under PyTorch's names.</summary>
internal static class StateDict
{
    /// <summary>Batch norm counts its batches, for an averaging mode that no network here uses; PyTorch does without the count, too.</summary>
    private const string BatchCount = "num_batches_tracked";

    /// <summary>Copies a file's tensors into <paramref name="network"/>, converted to its number types.</summary>
    /// <exception cref="BadFileException">Names or shapes do not agree; says which.</exception>
    public static void Load(nn.Module network, SafetensorsFile file)
    {
        using var scope = NewDisposeScope();
        using var noGradients = no_grad();
        var state = network.state_dict();
        Refuse("lacks", state.Keys.Where(name => !name.EndsWith(BatchCount, StringComparison.Ordinal)).Except(file.Tensors.Keys));
        Refuse("has, and the network has not,", file.Tensors.Keys.Except(state.Keys));
        foreach (var (name, tensor) in file.Tensors)
        {
            if (!tensor.shape.SequenceEqual(state[name].shape))
                throw new BadFileException($"{file.Path}: {name} has shape {Shape(tensor)}, and the network's is {Shape(state[name])}");
            state[name].copy_(tensor);
        }

        void Refuse(string what, IEnumerable<string> names)
        {
            if (names.Order(StringComparer.Ordinal).ToList() is not { Count: > 0 } found) return;
            var more = found.Count > 3 ? $" and {found.Count - 3} more" : "";
            throw new BadFileException($"{file.Path}: the file {what} {string.Join(", ", found.Take(3))}{more}");
        }
    }

    private static string Shape(Tensor tensor) => $"[{string.Join(", ", tensor.shape)}]";
}
