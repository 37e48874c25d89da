using System.Text;

namespace Sweep.Coordinator.WebPages;

/// <summary>The scripts and styles of the report and the dashboard, which the program carries in itself.</summary>
public static class WebFile
{
    private const string Folder = "Web/";

    /// <summary>Apache ECharts, with the licence that it is distributed under.</summary>
    public const string ECharts = "echarts.js";

    /// <summary>All names, such as <c>charts/base.js</c>.</summary>
    public static IEnumerable<string> Names =>
        typeof(WebFile).Assembly.GetManifestResourceNames().Where(name => name.StartsWith(Folder, StringComparison.Ordinal)).Select(name => name[Folder.Length..]);

    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    public static Stream Open(string name) =>
        typeof(WebFile).Assembly.GetManifestResourceStream(Folder + name) ?? throw new FileNotFoundException($"{name} is not among the program's web files", name);

    public static string Text(string name)
    {
        using var reader = new StreamReader(Open(name), Encoding.UTF8);
        var text = reader.ReadToEnd();
        return name == ECharts ? $"/*!\n{Text("ECHARTS-LICENCE.txt")}*/\n{text}" : text;
    }
}
