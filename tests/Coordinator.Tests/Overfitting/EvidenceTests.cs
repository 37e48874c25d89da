using System.Text.Json;
using Sweep.Coordinator.Overfitting;
using Sweep.Shared;

namespace Sweep.Coordinator.Tests.Overfitting;

public class EvidenceTests
{
    private static readonly EpochReport[] Epochs = [Curves.Epoch(1, 0.5, 0.5), Curves.Epoch(2, 0.6, 0.5)];

    [Fact]
    public void The_sentence_is_made_when_it_is_asked_for()
    {
        var asked = 0;
        var evidence = new Evidence(Epochs, epochs => $"asked {++asked} of {epochs.Count} epochs");

        Assert.Equal(0, asked);
        Assert.Equal("asked 1 of 2 epochs", evidence.ToString());
        Assert.Equal("", default(Evidence).ToString());
    }

    [Fact]
    public void Equal_sentences_are_equal_and_are_strings_in_JSON()
    {
        Evidence evidence = "gap 2.0 points";

        Assert.Equal(evidence, new Evidence(Epochs, _ => "gap 2.0 points"));
        Assert.NotEqual(evidence, "gap 3.0 points");
        Assert.Equal("\"gap 2.0 points\"", JsonSerializer.Serialize(evidence));
        Assert.Equal(evidence, JsonSerializer.Deserialize<Evidence>("\"gap 2.0 points\""));
    }
}
