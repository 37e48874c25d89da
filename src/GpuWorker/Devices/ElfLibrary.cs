using System.Buffers.Binary;
using System.Text;

namespace Sweep.GpuWorker.Devices;

/// <summary>
/// What a 64-bit little-endian ELF shared library says of symbol versions.
/// Layout: Tool Interface Standard ELF 1.2, and the Linux Standard Base Core 5.0, chapter 10.7 (symbol versioning).
/// </summary>
internal sealed class ElfLibrary
{
    private const int SectionHeaderSize = 64;
    private const int SymbolSize = 24;
    private const int RelocationSize = 24;

    private readonly byte[] _file;
    private readonly Dictionary<string, Section> _sections = [];

    /// <param name="file">The whole file.</param>
    /// <exception cref="InvalidDataException">It is no 64-bit little-endian ELF file, or its tables point outside it.</exception>
    public ElfLibrary(byte[] file)
    {
        _file = file;
        if (file.Length < 64 || !file.AsSpan(0, 4).SequenceEqual("\u007fELF"u8) || file[4] != 2 || file[5] != 1)
            throw new InvalidDataException("not a 64-bit little-endian ELF file");
        try
        {
            ReadSections();
            NeededVersions = [.. ReadNeededVersions()];
            DefinedVersions = ReadDefinedVersions().ToHashSet();
        }
        catch (Exception broken) when (broken is ArgumentException or OverflowException)
        {
            throw new InvalidDataException("an ELF table points outside the file", broken);
        }
    }

    public static ElfLibrary Open(string path) => new(File.ReadAllBytes(path));

    /// <summary>Versions that the library asks of others (<c>.gnu.version_r</c>).</summary>
    public IReadOnlyList<NeededVersion> NeededVersions { get; }

    /// <summary>Versions that the library offers (<c>.gnu.version_d</c>).</summary>
    public IReadOnlySet<string> DefinedVersions { get; }

    /// <summary>Names of the dynamic symbols that are bound to the version.</summary>
    public IReadOnlyList<string> SymbolsOf(NeededVersion version) => [.. SymbolIndices(version).Select(SymbolName)];

    /// <summary>Whether any relocation refers to a symbol of the version: whether the library would ever use it.</summary>
    public bool Uses(NeededVersion version)
    {
        var symbols = SymbolIndices(version).ToHashSet();
        foreach (var name in new[] { ".rela.dyn", ".rela.plt" })
        {
            if (!_sections.TryGetValue(name, out var section)) continue;
            for (var at = section.Offset; at < section.End; at += RelocationSize)
                if (symbols.Contains((int)(Long(at + 8) >> 32))) return true;
        }
        return false;
    }

    private void ReadSections()
    {
        var table = checked((int)Long(0x28));
        var count = Half(0x3C);
        var names = SectionAt(table + Half(0x3E) * SectionHeaderSize);
        for (var index = 0; index < count; index++)
        {
            var header = table + index * SectionHeaderSize;
            _sections[Text(names.Offset + Word(header))] = SectionAt(header);
        }
    }

    private Section SectionAt(int header) => new(checked((int)Long(header + 24)), checked((int)Long(header + 32)), Word(header + 44));

    private IEnumerable<NeededVersion> ReadNeededVersions()
    {
        if (!_sections.TryGetValue(".gnu.version_r", out var section)) yield break;
        var strings = _sections[".dynstr"].Offset;
        var entry = section.Offset;
        for (var libraries = section.Info; libraries > 0; libraries--)
        {
            var library = Text(strings + Word(entry + 4));
            var version = entry + Word(entry + 8);
            for (var versions = Half(entry + 2); versions > 0; versions--)
            {
                yield return new NeededVersion(library, Text(strings + Word(version + 8)), Half(version + 4), version + 4, Half(version + 6));
                version += Word(version + 12);
            }
            entry += Word(entry + 12);
        }
    }

    private IEnumerable<string> ReadDefinedVersions()
    {
        if (!_sections.TryGetValue(".gnu.version_d", out var section)) yield break;
        var strings = _sections[".dynstr"].Offset;
        var entry = section.Offset;
        for (var versions = section.Info; versions > 0; versions--)
        {
            yield return Text(strings + Word(entry + Word(entry + 12)));
            entry += Word(entry + 16);
        }
    }

    private IEnumerable<int> SymbolIndices(NeededVersion version)
    {
        if (!_sections.TryGetValue(".gnu.version", out var section)) yield break;
        for (var at = section.Offset; at < section.End; at += 2)
            if ((Half(at) & 0x7FFF) == version.Index) yield return (at - section.Offset) / 2;
    }

    private string SymbolName(int index) => Text(_sections[".dynstr"].Offset + Word(_sections[".dynsym"].Offset + index * SymbolSize));

    private int Half(int at) => BinaryPrimitives.ReadUInt16LittleEndian(_file.AsSpan(at));

    private int Word(int at) => checked((int)BinaryPrimitives.ReadUInt32LittleEndian(_file.AsSpan(at)));

    private ulong Long(int at) => BinaryPrimitives.ReadUInt64LittleEndian(_file.AsSpan(at));

    private string Text(int at)
    {
        var rest = _file.AsSpan(at);
        var length = rest.IndexOf((byte)0);
        return Encoding.ASCII.GetString(rest[..length]);
    }

    private readonly record struct Section(int Offset, int Size, int Info)
    {
        public int End => Offset + Size;
    }
}

/// <param name="Library">Who must offer it: <c>libstdc++.so.6</c>.</param>
/// <param name="Flags">Bit <see cref="Weak"/>: the loader only warns where the version is missing.</param>
/// <param name="FlagsOffset">Where the flags' 16 bits are in the file.</param>
/// <param name="Index">What <c>.gnu.version</c> calls it.</param>
internal sealed record NeededVersion(string Library, string Name, int Flags, int FlagsOffset, int Index)
{
    /// <summary>VER_FLG_WEAK.</summary>
    public const int Weak = 0x2;

    public bool IsWeak => (Flags & Weak) != 0;
}
