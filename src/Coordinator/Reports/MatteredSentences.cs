using System.Text;
using Sweep.Coordinator.Importances;
using Sweep.Shared;

namespace Sweep.Coordinator.Reports;

/// <summary>What mattered, in words.</summary>
public static class MatteredSentences
{
    private const int MostNames = 6;

    /// <summary><c>What mattered: learning_rate 62 %, blocks 20 % …</c></summary>
    public static string InOneLine(WhatMattered mattered)
    {
        var names = mattered.Parameters.Take(MostNames).Select(parameter => $"{parameter.Name} {parameter.Importance * 100:0} %");
        return $"What mattered: {string.Join(", ", names)}{(mattered.Parameters.Length > MostNames ? " …" : "")}.";
    }

    public static string Markdown(Objective objective, WhatMattered mattered)
    {
        var text = new StringBuilder("## What mattered\n\n");
        text.Append("| parameter | importance | best at | objective there | worst at | objective there |\n| --- | --- | --- | --- | --- | --- |\n");
        foreach (var parameter in mattered.Parameters)
        {
            var (worst, best) = (parameter.Objective.MinBy(effect => effect.Mean)!, parameter.Objective.MaxBy(effect => effect.Mean)!);
            if (!objective.Maximizes) (worst, best) = (best, worst);
            text.Append($"| {parameter.Name} | {parameter.Importance * 100:0} % | {Escaped(best)} | {Of(objective, best)} | {Escaped(worst)} | {Of(objective, worst)} |\n");
        }
        text.Append($"""

            From {mattered.Configurations} configurations. **Importance** tells how differently the best tenth of them chose a parameter from all (PED-ANOVA). The
            objective is what to expect with such a value and the others as they were tried, ± 95 %.


            """.ReplaceLineEndings("\n"));
        AppendGaps(text, mattered);
        return text.ToString();
    }

    private static void AppendGaps(StringBuilder text, WhatMattered mattered)
    {
        if (mattered.TrainedInFull < WhatMattered.LeastResults) return;
        text.Append("### What overfits\n\n");
        var moving = mattered.Parameters.Where(parameter => parameter.MovesGap is not null).ToList();
        foreach (var parameter in moving)
        {
            var (highest, lowest) = parameter.MovesGap!.Value;
            text.Append($"- **{parameter.Name}** {Gap(highest)}, {Gap(lowest)}.\n");
        }
        if (moving.Count == 0) text.Append("- No parameter moves the gap by more than chance would.\n");
        text.Append($"\nThe gap is training above held-out accuracy in the last epoch, in points ± 95 %, of {mattered.TrainedInFull} trials that were not cut short.\n\n");
    }

    private static string Gap(Effect effect) =>
        $"{effect.Values.Text}: {effect.Mean * 100:0.0} ± {(effect.Upper - effect.Mean) * 100:0.0} ({effect.Overfitting} of {effect.Trials} overfit)";

    private static string Of(Objective objective, Effect effect)
    {
        var margin = effect.Upper - effect.Mean;
        return Figures.IsAccuracy(objective) ? $"{effect.Mean * 100:0.00} ± {margin * 100:0.00} %" : $"{effect.Mean:0.0000} ± {margin:0.0000}";
    }

    private static string Escaped(Effect effect) => effect.Values.Text.Replace("|", "\\|", StringComparison.Ordinal);
}
