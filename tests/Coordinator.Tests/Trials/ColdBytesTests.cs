using System.Text;
using Sweep.Coordinator.Trials;

namespace Sweep.Coordinator.Tests.Trials;

public sealed class ColdBytesTests : IDisposable
{
    private readonly ColdStore _store = new(inMemory: 10);

    [Fact]
    public void The_first_bytes_stay_in_memory_and_the_rest_goes_to_a_file()
    {
        var kept = Enumerable.Range(0, 100).Select(number => (Text: $"text {number}", Bytes: _store.Keep(Encoding.UTF8.GetBytes($"text {number}")))).ToList();

        Assert.True(kept[0].Bytes.IsInMemory);
        Assert.All(kept.Skip(1), entry => Assert.False(entry.Bytes.IsInMemory));
        Assert.All(kept, entry => Assert.Equal(entry.Text, Encoding.UTF8.GetString(entry.Bytes.Read())));
    }

    [Fact]
    public void Many_threads_keep_and_read_at_once()
    {
        Parallel.For(0, 1_000, number =>
        {
            var bytes = Enumerable.Range(0, number % 50).Select(index => (byte)(number + index)).ToArray();

            Assert.Equal(bytes, _store.Keep(bytes).Read());
        });
    }

    [Fact]
    public void What_is_too_long_for_the_store_stays_in_memory()
    {
        var kept = _store.Keep(new byte[ColdBytes.MostInStore + 1]);

        Assert.True(kept.IsInMemory);
        Assert.Equal(ColdBytes.MostInStore + 1, kept.Read().Length);
    }

    public void Dispose() => _store.Dispose();
}
