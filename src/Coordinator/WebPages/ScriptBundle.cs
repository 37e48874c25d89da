using System.Text;
using System.Text.RegularExpressions;

namespace Sweep.Coordinator.WebPages;

/// <summary>
/// Joins JavaScript modules into one script, for pages that are one file. Each module becomes a function that returns what it exports, after those
/// that it imports. Modules keep to what this understands: imports and re-exports by name in one line each, and <c>export</c> before a declaration.
/// </summary>
public static partial class ScriptBundle
{
    /// <param name="entry">The module that the page starts with, such as <c>report.js</c>.</param>
    /// <param name="read">A module's text by its name.</param>
    /// <exception cref="InvalidDataException">A module holds an import or export that is not understood, or modules import each other.</exception>
    public static string Of(string entry, Func<string, string> read)
    {
        var script = new StringBuilder("'use strict';\n");
        Add(entry, read, script, [], []);
        return script.ToString();
    }

    private static void Add(string name, Func<string, string> read, StringBuilder script, HashSet<string> added, HashSet<string> open)
    {
        if (added.Contains(name)) return;
        if (!open.Add(name)) throw new InvalidDataException($"{name}: modules import each other");
        var text = read(name);
        foreach (Match import in From().Matches(text)) Add(Resolved(name, import.Groups["from"].Value), read, script, added, open);
        script.Append(Wrapped(name, text));
        added.Add(name);
    }

    private static string Wrapped(string name, string text)
    {
        var exports = Export().Matches(text).Select(match => match.Groups["name"].Value).ToList();
        var body = ReExport().Replace(text, match =>
        {
            exports.AddRange(match.Groups["names"].Value.Split(',', StringSplitOptions.TrimEntries));
            return Bound(name, match);
        });
        body = Export().Replace(Import().Replace(body, match => Bound(name, match)), "${declaration} ${name}");
        if (Left().Match(body) is { Success: true } left) throw new InvalidDataException($"{name}: `{left.Value.Trim()}` is not understood");
        return $"const {Variable(name)} = (() => {{\n{body.TrimEnd()}\nreturn {{ {string.Join(", ", exports)} }};\n}})();\n";
    }

    private static string Bound(string name, Match match) => $"const {{ {match.Groups["names"].Value.Trim()} }} = {Variable(Resolved(name, match.Groups["from"].Value))};";

    private static string Variable(string name) => "module_" + name.Replace('/', '_').Replace('.', '_').Replace('-', '_');

    private static string Resolved(string importer, string path)
    {
        var parts = new List<string>(importer.Split('/')[..^1]);
        foreach (var part in path.Split('/'))
        {
            if (part == "..") parts.RemoveAt(parts.Count - 1);
            else if (part != ".") parts.Add(part);
        }
        return string.Join('/', parts);
    }

    [GeneratedRegex(@"^(import|export) \{[^}\n]*\} from '(?<from>[^']+)';$", RegexOptions.Multiline)]
    private static partial Regex From();

    [GeneratedRegex(@"^import \{(?<names>[^}\n]*)\} from '(?<from>[^']+)';$", RegexOptions.Multiline)]
    private static partial Regex Import();

    [GeneratedRegex(@"^export \{(?<names>[^}\n]*)\} from '(?<from>[^']+)';$", RegexOptions.Multiline)]
    private static partial Regex ReExport();

    [GeneratedRegex(@"^export (?<declaration>(?:async )?function|const|class) (?<name>\w+)", RegexOptions.Multiline)]
    private static partial Regex Export();

    [GeneratedRegex(@"^(import|export)\b.*$", RegexOptions.Multiline)]
    private static partial Regex Left();
}
