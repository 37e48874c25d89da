using System.Text;
using Sweep.GpuWorker.Programs;

namespace Sweep.GpuWorker.Tests.Programs;

public sealed class BoundedLinesTests
{
    [Theory]
    [InlineData("one\ntwo\n", "one|two")]
    [InlineData("one\r\n\ntwo", "one||two")]
    [InlineData("", "")]
    [InlineData("12345678\n123456789\n1", "12345678|12345678…|1")]
    public void Lines_are_cut_at_the_limit(string text, string expected) => Assert.Equal(expected, string.Join('|', Read(new MemoryStream(Encoding.UTF8.GetBytes(text)), 8)));

    [Fact]
    public void A_line_without_end_takes_no_memory()
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        var line = Assert.Single(Read(new Endless('x', 200 << 20), 1 << 10));

        Assert.Equal(1025, line.Length);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1 << 20);
    }

    private static List<string> Read(Stream stream, int limit)
    {
        var lines = new BoundedLines(stream, limit);
        List<string> read = [.. lines.Read()];
        if (lines.Rest() is { } rest) read.Add(rest);
        return read;
    }

    private sealed class Endless(char character, long length) : MemoryStream
    {
        private long _left = length;

        public override int Read(Span<byte> buffer)
        {
            var read = (int)Math.Min(buffer.Length, _left);
            buffer[..read].Fill((byte)character);
            _left -= read;
            return read;
        }
    }
}
