using System.Text.Json;
using Sweep.Coordinator.Overfitting;

namespace Sweep.Coordinator.Tests.Overfitting;

public class LazyTextTests
{
    [Fact]
    public void A_text_is_made_when_it_is_asked_for()
    {
        var asked = 0;
        var text = new LazyText(() => $"asked {++asked}");

        Assert.Equal(0, asked);
        Assert.Equal("asked 1", text.ToString());
        Assert.Equal("", default(LazyText).ToString());
    }

    [Fact]
    public void Equal_texts_are_equal_and_are_strings_in_JSON()
    {
        LazyText text = "gap 2.0 points";

        Assert.Equal(text, new LazyText(() => "gap 2.0 points"));
        Assert.NotEqual(text, "gap 3.0 points");
        Assert.Equal("\"gap 2.0 points\"", JsonSerializer.Serialize(text));
        Assert.Equal(text, JsonSerializer.Deserialize<LazyText>("\"gap 2.0 points\""));
    }
}
