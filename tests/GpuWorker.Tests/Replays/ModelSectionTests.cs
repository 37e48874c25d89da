using Sweep.GpuWorker.Formats;
using Sweep.GpuWorker.Replays;
using Sweep.Shared.Models;

namespace Sweep.GpuWorker.Tests.Replays;

public sealed class ModelSectionTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("name: x\nmodel: {family: resnet, blocks: [1, 2]}\ntraining: {epochs: 3}")]
    [InlineData("family: resnet\nblocks:\n- 1\n- 2\npreset: null\n")]
    public void The_section_is_read_from_a_sweep_file_or_alone_with_the_sweep_file_s_defaults(string yaml) =>
        Assert.Equal(new ModelSettings(ModelFamily.Resnet, Blocks: [1, 2], Widths: [16, 32]), Read(yaml));

    [Fact]
    public void A_preset_sets_the_rest_but_not_a_shortcut_that_is_given()
    {
        var model = Read("model: {family: resnet, preset: resnet50, shortcut: identity_padding, init: pytorch_default}");
        Assert.Equal(
            new ModelSettings(ModelFamily.Resnet, BlockKind.Bottleneck, ShortcutKind.IdentityPadding, [3, 4, 6, 3], [64, 128, 256, 512], InitKind.PytorchDefault),
            model);
    }

    [Theory]
    [InlineData("model: {blocks: [1]}", "missing `family`")]
    [InlineData("model: {family: resnet}", "needs `blocks`")]
    [InlineData("model: {family: vgg}", "1:17: family: give one of resnet, mnist_cnn")]
    [InlineData("model: {family: resnet, block: [1]}", "block: give one of basic, bottleneck")]
    [InlineData("model: {family: resnet, blocks: [1, two]}", "blocks: give a list of whole numbers")]
    [InlineData("model: {family: resnet, blocks: [1, 0]}", "blocks: give a list of whole numbers")]
    [InlineData("model: {family: resnet, layers: 3}", "unknown key `layers`; known here: preset, family")]
    [InlineData("model: {family: resnet, preset: resnet20, widths: [1]}", "remove preset, or remove widths")]
    [InlineData("model: {family: resnet, preset: resnet20, block: bottleneck}", "preset resnet20 has basic blocks")]
    [InlineData("model: resnet", "model has no keys")]
    [InlineData("- 1", "expected one YAML document with keys")]
    [InlineData("model: {family", "model.yaml: ")]
    public void What_is_wrong_is_said_with_its_place(string yaml, string expected) =>
        Assert.Contains(expected, Assert.Throws<BadFileException>(() => Read(yaml)).Message, StringComparison.Ordinal);

    private ModelSettings Read(string yaml)
    {
        File.WriteAllText(_folder["model.yaml"], yaml);
        return ModelSection.Read(_folder["model.yaml"]);
    }
}
