using Sweep.Coordinator.WebPages;

namespace Sweep.Coordinator.Tests.WebPages;

public sealed class ScriptBundleTests
{
    private static readonly Dictionary<string, string> Modules = new()
    {
        ["main.js"] = "import { twice } from './parts/math.js';\nimport { one } from './parts/all.js';\nglobalThis.answer = twice(one);\n",
        ["parts/all.js"] = "export { one } from './numbers.js';\n",
        ["parts/math.js"] = "import { one } from './numbers.js';\nconst unseen = one;\nexport function twice(x) { return 2 * x * unseen; }\n",
        ["parts/numbers.js"] = "export const one = 1;\n",
    };

    [Fact]
    public void Modules_come_once_and_after_those_that_they_import()
    {
        var script = ScriptBundle.Of("main.js", name => Modules[name]);
        Assert.Equal(2, script.Split("const one = 1;").Length);
        Assert.True(script.IndexOf("const one = 1;", StringComparison.Ordinal) < script.IndexOf("function twice", StringComparison.Ordinal));
        Assert.True(script.IndexOf("function twice", StringComparison.Ordinal) < script.IndexOf("globalThis.answer", StringComparison.Ordinal));
        Assert.Contains("return { twice };", script, StringComparison.Ordinal);
        Assert.Contains("const { one } = module_parts_numbers_js;", script, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("import * as all from './x.js';")]
    [InlineData("export default 3;")]
    [InlineData("import './x.js';")]
    public void What_it_does_not_understand_is_refused(string line) =>
        Assert.Throws<InvalidDataException>(() => ScriptBundle.Of("main.js", _ => line + "\n"));

    [Fact]
    public void Modules_that_import_each_other_are_refused() =>
        Assert.Throws<InvalidDataException>(() => ScriptBundle.Of("a.js", name => name == "a.js" ? "import { b } from './b.js';\n" : "import { a } from './a.js';\n"));

    /// <summary>A page ends a script at the first end tag, wherever it stands.</summary>
    [Theory]
    [InlineData("report.js")]
    [InlineData("compare.js")]
    public void The_pages_scripts_can_stand_in_a_page(string entry)
    {
        var script = ScriptBundle.Of(entry, WebFile.Text);
        Assert.DoesNotContain("</script", script, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("<!--", script, StringComparison.Ordinal);
    }

    [Fact]
    public void ECharts_comes_with_its_licence_and_can_stand_in_a_page()
    {
        var text = WebFile.Text(WebFile.ECharts);
        Assert.StartsWith("/*!", text, StringComparison.Ordinal);
        Assert.Contains("Apache License", text[..1_000], StringComparison.Ordinal);
        Assert.DoesNotContain("</script", text, StringComparison.OrdinalIgnoreCase);
    }

    /// <summary>Text that a script makes of data is never markup.</summary>
    [Fact]
    public void No_script_of_ours_writes_markup() =>
        Assert.All(WebFile.Names.Where(name => name.EndsWith(".js", StringComparison.Ordinal) && name != WebFile.ECharts), name =>
        {
            var text = WebFile.Text(name);
            foreach (var way in new[] { "innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval(", "new Function" })
                Assert.DoesNotContain(way, text, StringComparison.Ordinal);
        });
}
