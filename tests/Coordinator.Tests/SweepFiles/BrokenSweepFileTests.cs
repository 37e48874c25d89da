using Sweep.Coordinator.SweepFiles;

namespace Sweep.Coordinator.Tests.SweepFiles;

/// <summary>Every file in <c>broken/</c> gets exactly the errors that stand beside it.</summary>
public sealed class BrokenSweepFileTests
{
    private static readonly string Folder = Path.Combine(AppContext.BaseDirectory, "SweepFiles", "broken");

    public static TheoryData<string> Names => [.. Directory.GetFiles(Folder, "*.yaml").Select(file => Path.GetFileNameWithoutExtension(file)).Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(Names))]
    public void Get_every_error_at_its_place(string name)
    {
        var text = File.ReadAllText(Path.Combine(Folder, $"{name}.yaml"));
        var expected = File.ReadAllText(Path.Combine(Folder, $"{name}.expected.txt"));

        var result = Assert.IsType<SweepFileResult.Invalid>(SweepFileReader.ReadText(text, "sweep.yaml"));

        Assert.Equal(expected.TrimEnd(), string.Join('\n', result.Errors));
    }

    [Fact]
    public void A_missing_file_is_an_error_and_no_exception()
    {
        var result = SweepFileReader.Read("no/such/file.yaml");

        Assert.Equal("no/such/file.yaml:1:1: there is no such file; check the path", Assert.IsType<SweepFileResult.Invalid>(result).ToString());
    }

    [Theory]
    [InlineData(new byte[] { 0x6E, 0x61, 0x6D, 0x65, 0x3A, 0x20, 0xFF }, "the file is not UTF-8 text; save it as UTF-8")]
    [InlineData(new byte[] { }, "the file is empty; start with `name:`, `dataset:`, `model:` and `training:`")]
    public void Bytes_that_are_no_text_are_an_error(byte[] bytes, string message)
    {
        var path = Path.GetTempFileName();
        File.WriteAllBytes(path, bytes);

        var result = SweepFileReader.Read(path);

        Assert.Equal($"{path}:1:1: {message}", Assert.IsType<SweepFileResult.Invalid>(result).ToString());
        File.Delete(path);
    }

    [Fact]
    public void A_folder_is_an_error()
    {
        var result = Assert.IsType<SweepFileResult.Invalid>(SweepFileReader.Read(AppContext.BaseDirectory));

        Assert.EndsWith(":1:1: this is a folder; give a sweep file", result.ToString());
    }

    [Fact]
    public void More_than_a_mebibyte_is_refused_unread()
    {
        var path = Path.GetTempFileName();
        File.WriteAllText(path, "name: a\n" + new string('#', SweepFileReader.MaxFileBytes));

        var result = SweepFileReader.Read(path);

        Assert.Equal($"{path}:1:1: the file has 1,048,584 bytes, more than the 1,048,576 allowed; make it smaller", Assert.IsType<SweepFileResult.Invalid>(result).ToString());
        File.Delete(path);
    }

    /// <summary>A valid file with one character removed, doubled or replaced is valid or has errors, and never throws.</summary>
    [Fact]
    public void A_misprint_never_throws()
    {
        var text = File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "sweeps", "cifar100.yaml"));
        const string Misprints = "[]{}:,-#&*!|>'\"%@`\n\t 0x";
        for (var place = 0; place < text.Length; place += 2)
        {
            var misprint = Misprints[place % Misprints.Length];
            foreach (var broken in new[] { text.Remove(place, 1), text.Insert(place, $"{misprint}"), text[..place] })
                if (SweepFileReader.ReadText(broken, "sweep.yaml") is SweepFileResult.Invalid invalid)
                    Assert.All(invalid.Errors, error => Assert.DoesNotContain('\n', error.ToString()));
        }
    }
}
