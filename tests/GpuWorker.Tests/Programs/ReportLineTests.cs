using Sweep.GpuWorker.Programs;
using Sweep.Shared;

namespace Sweep.GpuWorker.Tests.Programs;

public sealed class ReportLineTests
{
    [Fact]
    public void A_line_with_an_epoch_is_a_report_and_what_it_leaves_out_is_not_known()
    {
        var report = Epoch("""{"epoch": 3, "validation_accuracy": 0.71}""").Report;

        Assert.Equal(new EpochReport(3, null, null, new Evaluation(null, 0.71), null, null, 0, null), report);
    }

    [Fact]
    public void Every_figure_has_its_place_and_other_numbers_are_metrics_of_the_trainer_s_own()
    {
        var epoch = Epoch("""
            {"epoch": 1, "train_loss": 1.5, "train_accuracy": 0.5, "validation_loss": 1.25, "validation_accuracy": 0.5, "test_loss": 2, "test_accuracy": 0.25,
            "learning_rate": 0.1, "seconds": 2.5, "images_per_second": 100, "f1": 0.75, "perplexity": 12, "note": "fine", "checkpoint": "1.pt"}
            """.ReplaceLineEndings(" "));

        Assert.Equal(
            new EpochReport(1, 1.5, 0.5, new Evaluation(1.25, 0.5), new Evaluation(2, 0.25), 0.1, 2.5, 100, Metrics: [new Metric("f1", 0.75), new Metric("perplexity", 12)]),
            epoch.Report);
        Assert.Equal("1.pt", epoch.Checkpoint);
    }

    [Theory]
    [InlineData("epoch 3 of 10")]
    [InlineData("{")]
    [InlineData("{}")]
    [InlineData("[1, 2]")]
    [InlineData("""{"epoch": 3""")]
    [InlineData("""{"loss": 0.5}""")]
    [InlineData("""{"progress": 7}""")]
    public void Anything_else_is_text(string line) => Assert.IsType<ReportLine.Text>(ReportLine.Parse(line));

    [Fact]
    public void A_share_of_an_epoch_is_progress() => Assert.Equal(new ReportLine.Progress(0.25), ReportLine.Parse("""{"progress": 0.25}"""));

    [Theory]
    [InlineData("""{"epoch": 1, "train_loss": NaN}""", "train_loss is NaN")]
    [InlineData("""{"epoch": 1, "train_loss": Infinity, "f1": 1}""", "train_loss is Infinity")]
    [InlineData("""{"epoch": 1, "train_loss": 1, "validation_loss":-Infinity}""", "validation_loss is -Infinity")]
    [InlineData("""{"epoch": 1, "test_loss": NaN}""", "test_loss is NaN")]
    public void A_loss_that_is_not_finite_is_a_divergence_as_Python_writes_it_too(string line, string divergence) =>
        Assert.Equal(divergence, Epoch(line).Divergence);

    [Theory]
    [InlineData("""{"epoch": 0}""", "reported epoch 0; epochs are whole numbers from 1")]
    [InlineData("""{"epoch": 1.5}""", "reported epoch 1.5; epochs are whole numbers from 1")]
    [InlineData("""{"epoch": "one"}""", "reported epoch \"one\"; epochs are whole numbers from 1")]
    [InlineData("""{"epoch": 2, "validation_accuracy": 71.5}""", "validation_accuracy is 71.5, where accuracies are fractions from 0 to 1, in epoch 2")]
    [InlineData("""{"epoch": 2, "test_accuracy": NaN}""", "test_accuracy is NaN, where accuracies are fractions from 0 to 1, in epoch 2")]
    [InlineData("""{"epoch": 2, "f1": NaN}""", "f1 is NaN in epoch 2")]
    [InlineData("""{"epoch": 2, "f1": 1e999}""", "f1 is Infinity in epoch 2")]
    public void A_report_that_cannot_be_is_named(string line, string problem) => Assert.Equal(new ReportLine.Bad(problem), ReportLine.Parse(line));

    private static ReportLine.Epoch Epoch(string line) => Assert.IsType<ReportLine.Epoch>(ReportLine.Parse(line));
}
