using Sweep.Coordinator.Histories;

namespace Sweep.Coordinator.Tests.Histories;

public sealed class ReadAheadTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(512)]
    [InlineData(20_001)]
    public void Everything_comes_in_its_order(int count) => Assert.Equal(Enumerable.Range(0, count), Enumerable.Range(0, count).WhileTakenIn());

    [Fact]
    public void What_reading_throws_comes_to_whoever_takes_in()
    {
        var taken = new List<int>();
        var thrown = Assert.Throws<HistoryException>(() => taken.AddRange(Torn().WhileTakenIn()));
        Assert.Equal("torn", thrown.Message);

        static IEnumerable<int> Torn()
        {
            for (var item = 0; item < 5_000; item++) yield return item;
            throw new HistoryException("torn");
        }
    }

    [Fact]
    public void Whoever_has_enough_leaves_and_reading_ends()
    {
        var isClosed = false;
        Assert.Equal([0, 1, 2], Endless().WhileTakenIn().Take(3));
        Assert.True(isClosed);

        IEnumerable<int> Endless()
        {
            try
            {
                for (var item = 0; ; item++) yield return item;
            }
            finally
            {
                isClosed = true;
            }
        }
    }
}
