using Sweep.GpuWorker.Tests.Fixtures;

namespace Sweep.GpuWorker.Tests.Commands;

public sealed class CommandTests
{
    private static readonly FixtureFolder Recorded = FixtureFolder.Own("bottleneck-projection");

    [Fact]
    public async Task Replay_prints_the_loss_of_every_step_and_nothing_else()
    {
        var run = await ReplayAsync("--precision", "float64");
        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        Assert.Equal(Recorded.Losses, run.Lines.Select(double.Parse));
    }

    [Theory]
    [InlineData("--precision", "float16")]
    [InlineData("--classes", "0")]
    [InlineData("--classes", "7")]
    [InlineData("--model", "/nowhere.yaml")]
    [InlineData("--fixture", "/nowhere")]
    public async Task Replay_refuses_bad_input_with_exit_code_2(string option, string value)
    {
        var run = await ReplayAsync(option, value);
        Assert.Equal((2, ""), (run.ExitCode, run.Output));
        Assert.Contains(value is "float16" ? value : option is "--classes" ? "classes" : "nowhere", run.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", run.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("evaluate --model-file /nowhere --dataset digits", "/nowhere")]
    [InlineData("evaluate --model-file /nowhere --dataset digit", "digit")]
    [InlineData("evaluate --model-file /nowhere --dataset digits --threads 0", "--threads: give at least 1")]
    [InlineData("evaluate --model-file /nowhere --dataset digits --batch-size 0", "--batch-size: give at least 1")]
    [InlineData("evaluate --dataset digits", "--model-file")]
    [InlineData("replay", "--fixture")]
    [InlineData("--join nonsense", "give HOST:PORT")]
    public async Task Bad_input_is_one_plain_message_and_exit_code_2(string arguments, string expected)
    {
        var run = await ProcessRun.WorkerAsync(arguments.Split(' '));
        Assert.Equal(2, run.ExitCode);
        Assert.Contains(expected, run.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", run.Error, StringComparison.Ordinal);
    }

    private static Task<ProcessRun> ReplayAsync(string option, string value)
    {
        var options = new Dictionary<string, string>
        {
            ["--model"] = Path.Combine(Recorded.Path, "model.yaml"),
            ["--classes"] = "10",
            ["--fixture"] = Recorded.Path,
            [option] = value,
        };
        return ProcessRun.WorkerAsync(["replay", .. options.SelectMany(entry => new[] { entry.Key, entry.Value })]);
    }
}
