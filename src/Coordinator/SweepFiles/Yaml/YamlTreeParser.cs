using System.Collections.Immutable;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace Sweep.Coordinator.SweepFiles.Yaml;

/// <summary>
/// YAML text to a tree of one document, by the library's events. What a sweep file has no use for is an error: tags, and keys that are no words.
/// </summary>
internal sealed class YamlTreeParser
{
    private const int MaxDepth = 32;
    private const long MaxSize = 100_000;

    private readonly Parser _parser;
    private readonly ErrorList _errors;
    private readonly Dictionary<string, YamlNode?> _anchors = [];

    private YamlTreeParser(string text, ErrorList errors)
    {
        _parser = new Parser(new StringReader(text));
        _errors = errors;
    }

    private ParsingEvent Current => _parser.Current ?? throw NotYaml(Mark.Start);

    private Mark Here => MarkOf(Current);

    /// <summary>The document's root; null, with errors, where the text is not usable YAML, and null without errors where it is empty.</summary>
    public static YamlNode? Parse(string text, ErrorList errors)
    {
        var parser = new YamlTreeParser(text, errors);
        // What a tab stood for is unknown, so that a syntax error after one says nothing new.
        var isDoubtful = errors.Count > 0;
        try
        {
            return parser.ReadDocument();
        }
        catch (YamlException exception)
        {
            if (!isDoubtful) errors.Add(new Mark((int)exception.Start.Line, (int)exception.Start.Column), $"not valid YAML: {Sentence(exception.Message)}");
        }
        catch (TreeRefusedException exception)
        {
            errors.Add(exception.Mark, exception.Message);
        }
        return null;
    }

    private bool Advance()
    {
        try
        {
            return _parser.MoveNext();
        }
        catch (Exception exception) when (exception is InvalidOperationException or ArgumentException)
        {
            // What the library throws for a flow sequence that a new key interrupts, and for some tags.
            throw NotYaml(_parser.Current is null ? Mark.Start : Here);
        }
    }

    private YamlNode? ReadDocument()
    {
        while (Advance() && Current is StreamStart or DocumentStart) { }
        if (Current is StreamEnd or DocumentEnd) return null;
        var root = ReadNode(depth: 1);
        while (Advance())
            if (Current is DocumentStart) throw new TreeRefusedException(Here, "a second document starts here; one file holds one sweep");
        return root;
    }

    /// <summary>The node that the current event starts; afterwards the current event is the node's last.</summary>
    private YamlNode ReadNode(int depth)
    {
        var mark = Here;
        if (depth > MaxDepth) throw new TreeRefusedException(mark, $"nested more than {MaxDepth} deep; a sweep file needs no more");
        if (Current is AnchorAlias alias) return Aliased(alias.Value.Value, mark);
        // Of a mapping that a stray sign cuts short, the library's events can be a key without a value.
        var start = Current as NodeEvent ?? throw NotYaml(mark);
        if (!start.Tag.IsEmpty && !start.Tag.IsNonSpecific)
        {
            var tag = start.Tag.ToString().Replace("tag:yaml.org,2002:", "!!", StringComparison.Ordinal);
            _errors.Add(mark, $"tag `{tag}` has no meaning here; remove it");
        }
        var anchor = start.Anchor.IsEmpty ? null : start.Anchor.Value;
        if (anchor is not null) _anchors[anchor] = null;
        YamlNode node = start switch
        {
            Scalar scalar => ReadScalar(scalar),
            SequenceStart => ReadSequence(mark, depth),
            MappingStart => ReadMapping(mark, depth),
            _ => throw NotYaml(mark),
        };
        if (anchor is not null) _anchors[anchor] = node;
        return node;
    }

    private YamlNode Aliased(string anchor, Mark mark)
    {
        if (!_anchors.TryGetValue(anchor, out var node)) throw new TreeRefusedException(mark, $"alias `*{anchor}` has no anchor `&{anchor}` before it");
        return node ?? throw new TreeRefusedException(mark, $"alias `*{anchor}` stands inside its own anchor and would expand without end");
    }

    private YamlScalar ReadScalar(Scalar scalar)
    {
        var mark = MarkOf(scalar);
        if (scalar.Value.Any(character => char.IsControl(character) && character != '\n')) _errors.Add(mark, "a control character; remove it");
        return new YamlScalar(mark, scalar.Value, scalar.Style == ScalarStyle.Plain);
    }

    private YamlSequence ReadSequence(Mark mark, int depth)
    {
        var items = ImmutableArray.CreateBuilder<YamlNode>();
        while (Advance() && Current is not SequenceEnd) items.Add(ReadNode(depth + 1));
        return Bounded(new YamlSequence(mark, items.ToImmutable()));
    }

    private YamlMapping ReadMapping(Mark mark, int depth)
    {
        var entries = new Dictionary<string, YamlEntry>();
        var order = ImmutableArray.CreateBuilder<YamlEntry>();
        while (Advance() && Current is not MappingEnd)
        {
            var keyMark = Here;
            var key = ReadNode(depth + 1) as YamlScalar ?? throw new TreeRefusedException(keyMark, "a key must be a word");
            Advance();
            var entry = new YamlEntry(keyMark, key.Text, ReadNode(depth + 1));
            if (entries.TryAdd(entry.Key, entry)) order.Add(entry);
            else _errors.Add(keyMark, $"duplicate key `{key.Display}`, first given on line {entries[entry.Key].Mark.Line}; remove one of them");
        }
        return Bounded(new YamlMapping(mark, order.ToImmutable()));
    }

    private static T Bounded<T>(T node)
        where T : YamlNode =>
        node.Size <= MaxSize
            ? node
            : throw new TreeRefusedException(node.Mark, $"more than {MaxSize:N0} values once aliases are expanded; write a smaller file");

    private static TreeRefusedException NotYaml(Mark mark) =>
        new(mark, "not valid YAML near here; look for a bracket that is not closed, or a sign that does not belong");

    private static Mark MarkOf(ParsingEvent parsed) => new((int)parsed.Start.Line, (int)parsed.Start.Column);

    private static string Sentence(string message)
    {
        var line = message.ReplaceLineEndings(" ").TrimEnd('.');
        return char.ToLowerInvariant(line[0]) + line[1..];
    }

    private sealed class TreeRefusedException(Mark mark, string message) : Exception(message)
    {
        public Mark Mark { get; } = mark;
    }
}
