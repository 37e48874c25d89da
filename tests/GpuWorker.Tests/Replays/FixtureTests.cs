using Sweep.GpuWorker.Formats;
using Sweep.GpuWorker.Replays;
using Sweep.GpuWorker.Tests.Fixtures;

namespace Sweep.GpuWorker.Tests.Replays;

public sealed class FixtureTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public FixtureTests()
    {
        foreach (var file in Directory.EnumerateFiles(FixtureFolder.Own("four-stages").Path)) File.Copy(file, _folder[Path.GetFileName(file)]);
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_missing_file_is_named()
    {
        File.Delete(_folder["labels.i64"]);
        Refused("labels.i64");
    }

    [Fact]
    public void Images_must_be_as_many_as_the_reference_says()
    {
        File.WriteAllBytes(_folder["images.f32"], new byte[12]);
        Refused("images.f32: has 12 bytes, expected 192000");
    }

    [Fact]
    public void Labels_must_be_below_the_classes()
    {
        File.WriteAllText(_folder["reference.json"], File.ReadAllText(_folder["reference.json"]).Replace("\"classes\": 10", "\"classes\": 3"));
        Refused("expected 0 to 2", classes: 3);
    }

    [Fact]
    public void Classes_must_be_those_of_the_reference() => Refused("has 10 classes, and --classes is 11", classes: 11);

    [Theory]
    [InlineData("{}")]
    [InlineData("not JSON")]
    public void A_reference_that_says_too_little_is_refused(string text)
    {
        File.WriteAllText(_folder["reference.json"], text);
        Refused("reference.json: ");
    }

    private void Refused(string expected, int classes = 10) => Assert.Contains(
        expected, Assert.Throws<BadFileException>(() => Fixture.Read(_folder.Path, classes)).Message, StringComparison.Ordinal);
}
