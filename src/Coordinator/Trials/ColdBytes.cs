using Microsoft.Win32.SafeHandles;

namespace Sweep.Coordinator.Trials;

/// <summary>
/// Bytes that are seldom read. The first <see cref="ColdStore.InMemory"/> of a process stay in memory; the rest is in a file without a name, which ends
/// with the process, so that what finished trials have left does not fill the heap. Nothing depends on the file: it holds copies.
/// </summary>
/// <remarks>Sixteen bytes long itself.</remarks>
public readonly struct ColdBytes
{
    private const int LengthBits = 24;

    /// <summary>The bytes themselves, or the store that has them.</summary>
    private readonly object? _where;

    /// <summary>In the store: the offset, and the length in the lowest bits.</summary>
    private readonly long _place;

    internal ColdBytes(byte[] bytes) => _where = bytes;

    internal ColdBytes(ColdStore store, long offset, int length) => (_where, _place) = (store, offset << LengthBits | (long)length);

    /// <summary>Longer ones stay in memory.</summary>
    internal static int MostInStore => (1 << LengthBits) - 1;

    public bool IsInMemory => _where is not ColdStore;

    public static ColdBytes Keep(byte[] bytes) => ColdStore.OfProcess.Keep(bytes);

    /// <exception cref="IOException">The file cannot be read.</exception>
    public byte[] Read() => _where switch
    {
        byte[] bytes => bytes,
        ColdStore store => store.Read(_place >> LengthBits, (int)(_place & MostInStore)),
        _ => [],
    };
}

/// <summary>See <see cref="ColdBytes"/>. Safe from any thread.</summary>
/// <param name="inMemory">Bytes that are kept in memory before there is a file.</param>
internal sealed class ColdStore(long inMemory) : IDisposable
{
    /// <summary>No more than a small sweep has.</summary>
    public const long InMemory = 8 << 20;

    private readonly Lock _lock = new();
    private SafeFileHandle? _file;
    private long _kept;
    private bool _isUsable = true;

    public static ColdStore OfProcess { get; } = new(InMemory);

    /// <summary>Where no file can be written, the bytes stay in memory.</summary>
    public ColdBytes Keep(byte[] bytes)
    {
        lock (_lock)
        {
            if (_file is null && _kept + bytes.Length <= inMemory)
            {
                _kept += bytes.Length;
                return new ColdBytes(bytes);
            }
            return _isUsable && bytes.Length <= ColdBytes.MostInStore && Write(bytes) is { } offset ? new ColdBytes(this, offset, bytes.Length) : new ColdBytes(bytes);
        }
    }

    public byte[] Read(long offset, int length)
    {
        var bytes = new byte[length];
        for (var read = 0; read < length;)
        {
            var count = RandomAccess.Read(_file!, bytes.AsSpan(read), offset + read);
            if (count == 0) throw new EndOfStreamException("the file of finished trials was cut short");
            read += count;
        }
        return bytes;
    }

    public void Dispose() => _file?.Dispose();

    private long? Write(byte[] bytes)
    {
        try
        {
            if (_file is null) (_file, _kept) = (WithoutName(), 0);
            RandomAccess.Write(_file, bytes, _kept);
            _kept += bytes.Length;
            return _kept - bytes.Length;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            _isUsable = false;
            return null;
        }
    }

    /// <summary>Deleted while it is open: nothing is left behind, however the process ends.</summary>
    private static SafeFileHandle WithoutName()
    {
        var path = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());
        var file = File.OpenHandle(path, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.Delete, FileOptions.DeleteOnClose);
        if (!OperatingSystem.IsWindows()) File.Delete(path);
        return file;
    }
}
