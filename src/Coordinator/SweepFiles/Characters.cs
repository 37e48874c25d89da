using Sweep.Coordinator.SweepFiles.Yaml;

namespace Sweep.Coordinator.SweepFiles;

/// <summary>Characters that look like nothing and change what a file means.</summary>
internal static class Characters
{
    /// <summary>One error for each line with a tab or a control character, at the first of them.</summary>
    /// <returns>The text with spaces in their place.</returns>
    public static string Check(string text, ErrorList errors)
    {
        var (line, column, isReported) = (1, 1, false);
        foreach (var character in text)
        {
            if (character == '\n')
            {
                (line, column, isReported) = (line + 1, 1, false);
                continue;
            }
            if (!isReported && character != '\r' && char.IsControl(character))
            {
                isReported = true;
                errors.Add(new Mark(line, column), character == '\t'
                    ? "a tab; use spaces"
                    : $"a control character, U+{(int)character:X4}; remove it");
            }
            column++;
        }
        return string.Concat(text.Select(character => char.IsControl(character) && character is not ('\n' or '\r') ? ' ' : character));
    }
}
