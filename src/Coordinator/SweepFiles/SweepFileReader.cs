using System.Text;
using System.Text.RegularExpressions;
using Sweep.Coordinator.SearchSpaces;
using Sweep.Coordinator.SweepFiles.Yaml;
using Sweep.Shared;
using Sweep.Shared.Models;

namespace Sweep.Coordinator.SweepFiles;

/// <summary>A sweep file to a valid <see cref="SweepDefinition"/>, or to every error in it. The reference of the format is <c>docs/sweep-file.md</c>.</summary>
public static partial class SweepFileReader
{
    public const int MaxFileBytes = 1 << 20;

    private static readonly string[] Keys =
    [
        "name", "description", "seed", "replicates", "trainer", "dataset", "model", "training", "augmentation", "parameters", "constraints",
        "search", "scheduler", "early_stopping", "objective", "objectives", "limits", "retries", "sharing",
    ];

    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>Reads the file at <paramref name="path"/>. A file that is missing, unreadable or too large is an error like any other.</summary>
    public static SweepFileResult Read(string path)
    {
        try
        {
            var file = new FileInfo(path);
            if (Directory.Exists(path)) return Unreadable(path, "this is a folder; give a sweep file");
            if (!file.Exists) return Unreadable(path, "there is no such file; check the path");
            if (file.Length > MaxFileBytes)
                return Unreadable(path, $"the file has {file.Length:N0} bytes, more than the {MaxFileBytes:N0} allowed; make it smaller");
            return ReadText(StrictUtf8.GetString(File.ReadAllBytes(path)), path);
        }
        catch (DecoderFallbackException)
        {
            return Unreadable(path, "the file is not UTF-8 text; save it as UTF-8");
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            return Unreadable(path, $"the file cannot be read: {exception.Message.ReplaceLineEndings(" ")}");
        }
    }

    /// <summary>Reads a sweep file's text.</summary>
    /// <param name="path">Appears in the errors.</param>
    public static SweepFileResult ReadText(string text, string path)
    {
        var errors = new ErrorList(path);
        var definition = Encoding.UTF8.GetByteCount(text) > MaxFileBytes
            ? Refuse(errors, $"the text has more than the {MaxFileBytes:N0} bytes allowed; make it smaller")
            : ReadDefinition(text.TrimStart('\uFEFF'), errors);
        return errors.Count == 0 && definition is not null ? new SweepFileResult.Valid(definition, SweepFileText.Of(text)) : new SweepFileResult.Invalid(errors.InFileOrder());
    }

    private static SweepDefinition? ReadDefinition(string text, ErrorList errors)
    {
        var clean = Characters.Check(text, errors);
        var root = YamlTreeParser.Parse(clean, errors);
        if (root is null or YamlScalar { IsNull: true })
            return errors.Count > 0 ? null : Refuse(errors, "the file is empty; start with `name:`, `dataset:`, `model:` and `training:`");
        var file = Section.Open("the file", root, Mark.Start, Keys, errors);
        return file.IsAbsent ? null : ReadSections(file, errors);
    }

    private static SweepDefinition? ReadSections(Section file, ErrorList errors)
    {
        var name = ReadName(file, errors);
        var description = file.Text("description");
        var seed = (file.Value("seed", new SettingType.Integer(long.MinValue, long.MaxValue)) as HyperparameterValue.Integer)?.Value ?? 0;
        var trials = TrialSettingsReader.Read(file, errors);
        var before = errors.Count;
        var parameterReader = new ParameterReader(ParameterNames.Of(trials.Trainer), errors);
        var parameters = parameterReader.ReadParameters(file.Node("parameters"));
        var constraints = parameterReader.ReadConstraints(file.Node("constraints"), parameters);
        var isSpaceValid = errors.Count == before;
        var draft = new SpaceDraft(trials, parameters, constraints, file.Entry("constraints")?.Mark ?? Mark.Start);
        CombinationRules.Check(draft, errors);
        var search = SearchReader.Read(file, draft, isSpaceValid, errors);
        var learnFrom = SearchReader.ReadLearnFrom(file, errors);
        if (isSpaceValid && search is not null)
            search = search with { StartWith = new(parameterReader.ReadStartWith(SearchReader.Open(file).Node("start_with"), parameters, draft.Space)), LearnFrom = learnFrom };
        var replicates = ReplicateReader.Read(file, errors);
        PopulationReader.CheckReplicates(replicates, file, errors);
        var (scheduler, earlyStopping) = (SchedulerReader.Read(file, draft, search, errors), PolicyReader.ReadEarlyStopping(file, errors));
        var objective = PolicyReader.ReadObjective(file, reportsItsOwn: trials.Trainer is not null, errors);
        var further = ObjectivesReader.ReadFurther(file, objective, isNetwork: trials.Trainer is null, search, replicates, errors);
        var (limits, retries, sharing) = (PolicyReader.ReadLimits(file, objective), PolicyReader.ReadRetries(file), SharingReader.Read(file));
        return errors.Count > 0
            ? null
            : new SweepDefinition(
                name!, description, seed, draft.Base, draft.Space, search!, scheduler, earlyStopping, objective, limits, retries, replicates, sharing)
            {
                FurtherObjectives = further,
            };
    }

    private static string? ReadName(Section file, ErrorList errors)
    {
        file.Require("name", "missing `name`; add one of small letters, digits and hyphens");
        var name = file.Text("name");
        if (name is null || NamePattern().IsMatch(name)) return name;
        errors.Add(file.Node("name")!.Mark, $"name: `{Section.Shown(name)}` names a folder; use 1 to 100 small letters, digits and hyphens");
        return null;
    }

    private static SweepDefinition? Refuse(ErrorList errors, string message)
    {
        errors.Add(Mark.Start, message);
        return null;
    }

    private static SweepFileResult.Invalid Unreadable(string path, string message) => new([new SweepFileError(path, 1, 1, message)]);

    [GeneratedRegex(@"^[a-z0-9-]{1,100}\z")]
    private static partial Regex NamePattern();
}
