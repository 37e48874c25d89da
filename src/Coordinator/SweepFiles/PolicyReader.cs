using System.Text.RegularExpressions;
using Sweep.Coordinator.Overfitting;
using Sweep.Coordinator.SearchSpaces;
using Sweep.Coordinator.SweepFiles.Yaml;
using Sweep.Shared;

namespace Sweep.Coordinator.SweepFiles;

/// <summary>The sections that say when to stop and what to choose by: <c>early_stopping</c>, <c>objective</c>, <c>limits</c> and <c>retries</c>.</summary>
internal static partial class PolicyReader
{
    private const double DefaultPlateauMinDelta = 0.001;
    private const int DefaultPlateauPatience = 20, DefaultAttempts = 3;

    private static readonly SettingType.Number Fraction = new(0, 1);
    private static readonly NameTable<OverfitAction> Actions = new(("flag", OverfitAction.Flag), ("stop", OverfitAction.Stop));
    private static readonly SettingType.Name Goals = new(["maximize", "minimize"]);

    private static readonly NameTable<ObjectiveMetric> Metrics = new(
        ("validation_accuracy", ObjectiveMetric.ValidationAccuracy),
        ("validation_loss", ObjectiveMetric.ValidationLoss),
        ("test_accuracy", ObjectiveMetric.TestAccuracy),
        ("test_loss", ObjectiveMetric.TestLoss));

    public static EarlyStoppingSettings ReadEarlyStopping(Section file, ErrorList errors)
    {
        var section = file.Child("early_stopping", "overfit", "plateau");
        var overfit = section.Child("overfit", "min_gap", "patience", "min_delta", "action");
        var plateau = section.Child("plateau", "patience", "min_delta");
        var defaults = new OverfitSettings();
        return new EarlyStoppingSettings(
            new OverfitSettings(
                overfit.Number("min_gap", Fraction) ?? defaults.MinGap,
                overfit.Integer("patience", min: 1) ?? defaults.Patience,
                overfit.Number("min_delta", Fraction) ?? defaults.MinDelta,
                overfit.Name("action", Actions.Type) is { } action ? Actions.Of(action) : defaults.Action),
            plateau.IsAbsent
                ? null
                : new PlateauSettings(
                    plateau.Integer("patience", min: 1) ?? DefaultPlateauPatience,
                    plateau.Number("min_delta", new SettingType.Number(0, double.MaxValue)) ?? DefaultPlateauMinDelta));
    }

    /// <param name="reportsItsOwn">The trainer may report metrics by any name.</param>
    public static Objective ReadObjective(Section file, bool reportsItsOwn, ErrorList errors)
    {
        var section = ObjectivesReader.First(file, errors) ?? file.Child("objective", "metric", "goal");
        if (reportsItsOwn && section.Text("metric") is { } own && !Metrics.Type.Available.Contains(own)) return ReadCustomObjective(section, own, errors);
        var name = section.Name("metric", Metrics.Type) ?? "validation_accuracy";
        var objective = new Objective(Metrics.Of(name));
        var goal = objective.Maximizes ? "maximize" : "minimize";
        if (section.Name("goal", Goals) is { } given && given != goal)
            errors.Add(section.Node("goal")!.Mark, $"goal: {name} can only be {goal}d; write {goal}, or leave goal out");
        if (!objective.ChoosesByTestImages) RequireValidationImages(file, name, errors);
        return objective;
    }

    public static void RequireValidationImages(Section file, string objective, ErrorList errors)
    {
        var fraction = (file.Node("dataset") as YamlMapping)?["validation_fraction"];
        if (fraction?.Value is YamlScalar { IsPlain: true } share && double.TryParse(share.Text, out var number) && number == 0)
            errors.Add(share.Mark, $"validation_fraction: 0 leaves no images for the objective {objective}; raise it, or choose by test_accuracy");
    }

    private static Objective ReadCustomObjective(Section section, string metric, ErrorList errors)
    {
        if (!MetricName().IsMatch(metric))
            errors.Add(section.Node("metric")!.Mark, $"metric: `{Section.Shown(metric)}` is no name of a metric; use 1 to 100 letters, digits and _ - . /");
        section.Require("goal", $"missing `objective.goal`; say whether to maximize or minimize {Section.Shown(metric)}");
        return new Objective(ObjectiveMetric.Custom, metric, section.Name("goal", Goals) == "maximize");
    }

    public static Section OpenLimits(Section file) => file.Child(
        "limits", "max_parallel_trials", "max_duration", "max_epochs_total", "max_trials", "max_gpu_hours", "target", "patience_trials");

    public static SweepLimits ReadLimits(Section file, Objective objective)
    {
        var section = OpenLimits(file);
        return new SweepLimits(
            section.Integer("max_parallel_trials", min: 1),
            section.Duration("max_duration"),
            section.Integer("max_epochs_total", min: 1),
            section.Integer("max_trials", min: 1),
            section.Number("max_gpu_hours", new SettingType.Number(0, double.MaxValue, AboveMin: true)),
            section.Number("target", TargetOf(objective)),
            section.Integer("patience_trials", min: 1));
    }

    public static RetrySettings ReadRetries(Section file) => new(file.Child("retries", "max_attempts").Integer("max_attempts", min: 1) ?? DefaultAttempts);

    private static SettingType.Number TargetOf(Objective objective) => objective switch
    {
        { Custom: not null } => new SettingType.Number(double.MinValue, double.MaxValue),
        { Maximizes: true } => Fraction,
        _ => new SettingType.Number(0, double.MaxValue),
    };

    [GeneratedRegex(@"^[A-Za-z0-9_./-]{1,100}\z")]
    private static partial Regex MetricName();
}
