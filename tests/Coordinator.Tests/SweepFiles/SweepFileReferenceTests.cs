using Sweep.Coordinator.SearchSpaces;
using static Sweep.Coordinator.Tests.SweepFiles.ValidSweepFileTests;

namespace Sweep.Coordinator.Tests.SweepFiles;

/// <summary>docs/sweep-file.md says what the reader does.</summary>
public sealed class SweepFileReferenceTests
{
    private static readonly string Text = File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "docs", "sweep-file.md"));

    public static TheoryData<string> Keys => [.. Setting.All.Select(setting => setting.Key)];

    [Fact]
    public void Begins_with_a_sweep_that_loads()
    {
        var start = Text.IndexOf("```yaml", StringComparison.Ordinal) + "```yaml".Length;

        Assert.Equal("cifar100-resnet", Read(Text[start..Text.IndexOf("```", start, StringComparison.Ordinal)]).Name);
    }

    [Theory]
    [MemberData(nameof(Keys))]
    public void Explains_every_setting(string key) => Assert.Contains($"\n| `{key}` |", Text);
}
