using System.Text.RegularExpressions;

namespace Sweep.EndToEnd.Tests;

/// <summary>docs/tutorial.md does what it says: its commands run, in its order and in one shell, in an empty folder.</summary>
public sealed partial class TutorialTests
{
    private static readonly string Docs = Path.Combine(Programs.Repository, "docs");
    private static readonly string Text = File.ReadAllText(Path.Combine(Docs, "tutorial.md"));

    [Fact]
    public async Task Every_command_succeeds()
    {
        var folder = Directory.CreateTempSubdirectory("sweep-tutorial-");
        var blocks = Block().Matches(Text).Where(block => block.Groups["kind"].Value == "sh").Select(block => block.Groups["body"].Value).ToList();
        Assert.True(blocks.Count >= 10, "the tutorial has lost its commands");
        var script = Path.Combine(folder.FullName, "tutorial.sh");
        await File.WriteAllTextAsync(
            script, $"set -eu\ncd {folder.FullName}\n{string.Join('\n', blocks.Select((block, number) => $"{block}\necho done with block {number + 1}"))}\n",
            TestContext.Current.CancellationToken);
        var path = $"{Programs.CoordinatorFolder}:{Path.GetDirectoryName(Programs.WorkerFile)}:{Environment.GetEnvironmentVariable("PATH")}";
        using var shell = new RunningProgram("bash", [script], new Dictionary<string, string> { ["PATH"] = path });

        Assert.True(await shell.ExitAsync(TimeSpan.FromMinutes(10)) == 0, shell.Output);

        Assert.Contains($"done with block {blocks.Count}", shell.Output, StringComparison.Ordinal);
        foreach (var picture in Pictures().Where(picture => blocks.Exists(block => block.Contains(picture, StringComparison.Ordinal)))) Assert.True(new FileInfo(Path.Combine(folder.FullName, picture)).Length > 0, picture);
        folder.Delete(recursive: true);
    }

    [Fact]
    public void Every_output_and_every_picture_is_there()
    {
        Assert.DoesNotContain("```text\n```", Text, StringComparison.Ordinal);
        Assert.All(Pictures(), picture => Assert.True(File.Exists(Path.Combine(Docs, "pictures", picture)), picture));
    }

    private static IEnumerable<string> Pictures() => Picture().Matches(Text).Select(match => match.Groups[1].Value);

    [GeneratedRegex("^```(?<kind>sh|text)\n(?<body>.*?)^```\n", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Block();

    [GeneratedRegex(@"\]\(pictures/(.*?)\)")]
    private static partial Regex Picture();
}
