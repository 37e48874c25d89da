using System.Buffers;
using System.Text;

namespace Sweep.GpuWorker.Programs;

/// <summary>Cuts a stream into lines without ever holding more of one than the limit: what is beyond it is dropped.</summary>
/// <param name="limit">In bytes.</param>
internal sealed class BoundedLines(Stream stream, int limit)
{
    private readonly ArrayBufferWriter<byte> _line = new();
    private readonly byte[] _buffer = new byte[16 * 1024];
    private bool _isCut;

    /// <summary>Bytes read so far, dropped ones included.</summary>
    public long BytesRead { get; private set; }

    /// <summary>Those that have come in whole, without their ends, and as they come: to its end, or as far as a file goes now.</summary>
    public IEnumerable<string> Read()
    {
        int count;
        while ((count = stream.Read(_buffer)) > 0)
        {
            BytesRead += count;
            for (var start = 0; start < count;)
            {
                var length = _buffer.AsSpan(start, count - start).IndexOf((byte)'\n');
                Add(_buffer.AsSpan(start, length < 0 ? count - start : length));
                if (length < 0) break;
                start += length + 1;
                yield return Take();
            }
        }
    }

    /// <summary>What is left when the stream has ended without ending its last line; null for nothing.</summary>
    public string? Rest() => _line.WrittenCount == 0 ? null : Take();

    private void Add(ReadOnlySpan<byte> part)
    {
        var room = limit - _line.WrittenCount;
        _isCut |= part.Length > room;
        _line.Write(part.Length > room ? part[..room] : part);
    }

    private string Take()
    {
        var text = Encoding.UTF8.GetString(_line.WrittenSpan).TrimEnd('\r');
        _line.ResetWrittenCount();
        var isCut = _isCut;
        _isCut = false;
        return isCut ? text + "…" : text;
    }
}
