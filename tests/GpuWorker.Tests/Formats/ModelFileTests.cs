using Sweep.GpuWorker.Formats;
using Sweep.GpuWorker.Models;
using Sweep.Shared;
using Sweep.Shared.Datasets;
using Sweep.Shared.Models;
using TorchSharp;

namespace Sweep.GpuWorker.Tests.Formats;

[Collection(Torch.Collection)]
public sealed class ModelFileTests : IDisposable
{
    private static readonly NetworkConfiguration Configuration = new(
        new DatasetSettings(DatasetName.FashionMnist, TrainLimit: 1000),
        new ModelSettings(ModelFamily.Resnet, BlockKind.Bottleneck, ShortcutKind.Projection, [1, 2], [4, 6]),
        new TrainingSettings(
            Epochs: 9, Optimizer: Optimizer.AdamW, Schedule: LearningRateScheduleKind.OneCycle, Milestones: [3, 6], Precision: Precision.BFloat16),
        new AugmentationSettings(Enabled: true));

    private static readonly EpochReport Report = new(4, 0.5, 0.9, new Evaluation(0.6, 0.85), new Evaluation(0.7, 0.8), 0.1, 1, 100);
    private static readonly AttemptId Attempt = new(new SweepId("s-1"), new TrialId(7), 2);

    private readonly TemporaryFolder _folder = new();

    private string FilePath => _folder["best.safetensors"];

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(ModelFamily.Resnet)]
    [InlineData(ModelFamily.MnistCnn)]
    public void A_model_reads_back_with_the_same_bits_and_description(ModelFamily family)
    {
        var configuration = Configuration with { Model = Configuration.Model with { Family = family } };
        var saved = Save(configuration);
        using var network = Create(configuration);
        var (loaded, description) = ModelFile.Load(FilePath);
        using (loaded)
        {
            Assert.Equal(network.state_dict().Keys, loaded.state_dict().Keys);
            Assert.All(network.state_dict(), entry => Assert.True(entry.Value.HasBitsOf(loaded.state_dict()[entry.Key]), entry.Key));
            Assert.False(loaded.training);
        }
        Assert.Equal(saved.Normalization.Mean, description.Normalization.Mean);
        Assert.Equal(saved with { Normalization = description.Normalization }, description);
        Assert.Equal((4, 0.85, 0.8), (description.Epoch, description.ValidationAccuracy, description.TestAccuracy));
    }

    [Fact]
    public void The_description_is_JSON_with_the_sweep_file_s_names()
    {
        Save(Configuration);
        using var file = Safetensors.Read(FilePath);
        Assert.Equal("pt", file.Metadata["format"]);
        var json = file.Metadata["sweep.model"];
        Assert.StartsWith("""{"format_version":1,"program":"sweep 0.1.0","sweep":"s-1","trial":7,"attempt":2,"epoch":4,""", json, StringComparison.Ordinal);
        Assert.Contains("""{"family":"resnet","block":"bottleneck","shortcut":"projection","blocks":[1,2],"widths":[4,6]""", json, StringComparison.Ordinal);
        Assert.Contains("\"name\":\"fashion-mnist\"", json, StringComparison.Ordinal);
        Assert.Contains("\"image\":{\"channels\":1,\"height\":28,\"width\":28", json, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("\"format_version\":1", "\"format_version\":2", "format version 2, expected 1")]
    [InlineData("\"classes\":10", "\"classes\":11", "fc.weight has shape [10, 24], and the network's is [11, 24]")]
    [InlineData("\"blocks\":[1,2]", "\"blocks\":[1,3]", "lacks layer2.2.bn1.bias")]
    [InlineData("\"blocks\":[1,2]", "\"blocks\":[1,1]", "has, and the network has not, layer2.1.bn1.bias")]
    [InlineData("\"blocks\":[1,2]", "\"blocks\":[1]", "blocks has 1 stages and widths has 2")]
    [InlineData("\"family\":\"resnet\"", "\"family\":\"vgg\"", "does not describe a model")]
    [InlineData("\"classes\":10,", "", "does not describe a model")]
    public void A_description_that_does_not_fit_the_weights_is_refused(string part, string replacement, string expected)
    {
        Save(Configuration);
        using (var file = Safetensors.Read(FilePath))
        {
            Assert.Contains(part, file.Metadata["sweep.model"], StringComparison.Ordinal);
            var metadata = file.Metadata.ToDictionary(entry => entry.Key, entry => entry.Value.Replace(part, replacement, StringComparison.Ordinal));
            Safetensors.Write(FilePath, file.Tensors, metadata);
        }
        var message = Assert.Throws<BadFileException>(() => ModelFile.Load(FilePath)).Message;
        Assert.Contains(expected, message, StringComparison.Ordinal);
        Assert.Contains(FilePath, message, StringComparison.Ordinal);
    }

    [Fact]
    public void Weights_without_a_description_are_no_model()
    {
        using var scope = torch.NewDisposeScope();
        Safetensors.Write(FilePath, new Dictionary<string, torch.Tensor> { ["a"] = torch.zeros(1) }, new Dictionary<string, string>());
        Assert.Contains("`sweep.model`", Assert.Throws<BadFileException>(() => ModelFile.Load(FilePath)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Saving_and_loading_leave_no_tensor_behind()
    {
        // One network throughout: TorchSharp counts the parameters of a disposed one for ever.
        using var network = Create(Configuration);
        SaveAndLoad();
        var before = Count();
        SaveAndLoad();
        Assert.Equal(before, Count());

        void SaveAndLoad()
        {
            ModelFile.Save(FilePath, network, ModelDescription.Of(Attempt, Configuration, Report));
            using var file = Safetensors.Read(FilePath);
            StateDict.Load(network, file);
        }

        static long Count()
        {
            // What other tests left to finalizers must not be counted.
            GC.Collect();
            GC.WaitForPendingFinalizers();
            return torch.Tensor.TotalCount;
        }
    }

    private ModelDescription Save(NetworkConfiguration configuration)
    {
        using var network = Create(configuration);
        var description = ModelDescription.Of(Attempt, configuration, Report);
        ModelFile.Save(FilePath, network, description);
        return description;
    }

    private static torch.nn.Module<torch.Tensor, torch.Tensor> Create(NetworkConfiguration configuration) =>
        Network.Create(configuration.Model, DatasetFacts.Of(configuration.Dataset.Name).Image, 10, configuration.Training.Precision, seed: 5);
}
