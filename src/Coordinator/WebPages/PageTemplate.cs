using System.Text.Encodings.Web;
using Fluid;

namespace Sweep.Coordinator.WebPages;

/// <summary>
/// A page that is one file and needs no other: a Liquid template with the styles, the scripts, and the data that those show. Whatever else it is given is
/// text: the template writes markup characters as entities, but for what is marked <c>raw</c>.
/// </summary>
/// <param name="template">Such as <c>report.liquid</c>.</param>
/// <param name="entry">The module that the page starts with, such as <c>report.js</c>.</param>
internal sealed class PageTemplate(string template, string entry)
{
    private readonly IFluidTemplate _template = new FluidParser().Parse(WebFile.Text(template));
    private readonly string _script = ScriptBundle.Of(entry, WebFile.Text);

    /// <param name="data">JSON without characters that HTML reads as markup.</param>
    public string Render(IEnumerable<(string Name, object? Value)> values, string data)
    {
        var context = new TemplateContext();
        foreach (var (name, value) in values) context.SetValue(name, value);
        context.SetValue("style", WebFile.Text("theme.css") + WebFile.Text("report.css"));
        context.SetValue("echarts", WebFile.Text(WebFile.ECharts));
        context.SetValue("script", _script);
        context.SetValue("data", data);
        return _template.Render(context, HtmlEncoder.Default);
    }
}
