using System.Text.Json;
using Sweep.GpuWorker.Models;
using TorchSharp;
using static TorchSharp.torch;

namespace Sweep.GpuWorker.Formats;

/// <summary>
/// A trained network as a safetensors file that PyTorch reads without renaming: the state dict under torchvision's names, and the
/// <see cref="ModelDescription"/> as JSON in the metadata.
/// </summary>
public static class ModelFile
{
    /// <summary>Where in the metadata the description is.</summary>
    private const string DescriptionKey = "sweep.model";

    /// <summary>Writes aside, flushes, renames: a reader finds the old model or the new one.</summary>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public static void Save(string path, nn.Module network, ModelDescription description)
    {
        using var scope = NewDisposeScope();
        Safetensors.Write(path, network.state_dict(), new Dictionary<string, string>
        {
            // What the transformers library, among others, insists on.
            ["format"] = "pt",
            [DescriptionKey] = JsonSerializer.Serialize(description, ModelDescriptionJson.Default.ModelDescription),
        });
    }

    /// <summary>The network, on the CPU, in evaluation mode. The caller disposes it; call it outside any dispose scope.</summary>
    /// <exception cref="BadFileException">The file is missing, damaged, or no model of this program; names file and expectation.</exception>
    public static (nn.Module<Tensor, Tensor> Network, ModelDescription Description) Load(string path)
    {
        using var file = Safetensors.Read(path);
        var description = Describe(file);
        var network = Create(description, path);
        try
        {
            StateDict.Load(network, file);
        }
        catch
        {
            network.Dispose();
            throw;
        }
        network.eval();
        return (network, description);
    }

    private static ModelDescription Describe(SafetensorsFile file)
    {
        if (!file.Metadata.TryGetValue(DescriptionKey, out var json))
            throw new BadFileException($"{file.Path}: the metadata has no `{DescriptionKey}`; expected a model that a sweep has written");
        try
        {
            using (var document = JsonDocument.Parse(json))
                if (document.RootElement.GetProperty("format_version").GetInt32() is var version && version != ModelDescription.CurrentVersion)
                    throw new BadFileException($"{file.Path}: the model has format version {version}, expected {ModelDescription.CurrentVersion}");
            return JsonSerializer.Deserialize(json, ModelDescriptionJson.Default.ModelDescription)!;
        }
        catch (Exception failure) when (failure is JsonException or InvalidOperationException or KeyNotFoundException or FormatException)
        {
            throw new BadFileException($"{file.Path}: `{DescriptionKey}` does not describe a model: {failure.Message}", failure);
        }
    }

    private static nn.Module<Tensor, Tensor> Create(ModelDescription description, string path)
    {
        var (model, precision) = (description.Configuration.Model, description.Configuration.Training.Precision);
        try
        {
            return Network.Create(model, description.Image, description.Classes, precision, seed: 0);
        }
        catch (ArgumentException failure)
        {
            throw new BadFileException($"{path}: {failure.Message}", failure);
        }
    }
}
