using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Sweep.Coordinator.Exports.TensorBoard.Wire;
using Sweep.Coordinator.SearchSpaces;
using Sweep.Coordinator.SweepFiles;
using Sweep.Coordinator.Trials;
using Sweep.Shared;

namespace Sweep.Coordinator.Exports.TensorBoard;

/// <summary>What TensorBoard's hparams plugin shows: the experiment's parameters and metrics, and the start and end of each session, which is a trial.</summary>
internal static class HParams
{
    private const string PluginName = "hparams", ExperimentTag = "_hparams_/experiment", StartTag = "_hparams_/session_start_info", EndTag = "_hparams_/session_end_info";
    private const int TypeFloat = 1;

    /// <summary>The plugin takes part in TensorBoard's generic storage only where a summary has a value: it is one 0.</summary>
    private static readonly TensorProto Nothing = new() { Dtype = TypeFloat, TensorShape = new TensorShapeProto { Dim = { new TensorShapeProto.Types.Dim { Size = 1 } } }, FloatVal = { 0 } };

    public static Summary Experiment(SweepDefinition sweep, IEnumerable<string> metrics, DateTimeOffset start) => Summary(ExperimentTag, new HParamsPluginData
    {
        Experiment = new Experiment
        {
            Name = sweep.Name,
            Description = sweep.Description ?? "",
            TimeCreatedSecs = Seconds(start),
            HparamInfos = { sweep.Space.Parameters.Select(InfoOf) },
            MetricInfos = { metrics.Select(metric => new MetricInfo { Name = new MetricName { Tag = metric } }) },
        },
    });

    /// <summary>Replicates of a configuration are one group.</summary>
    public static Summary Start(TrialState trial, DateTimeOffset at)
    {
        var start = new SessionStartInfo { GroupName = trial.ConfigurationHash, StartTimeSecs = Seconds(at) };
        foreach (var (name, value) in trial.Hyperparameters) start.Hparams[name] = ValueOf(value);
        return Summary(StartTag, new HParamsPluginData { SessionStartInfo = start });
    }

    public static Summary End(TrialOutcome outcome, DateTimeOffset at) => Summary(EndTag, new HParamsPluginData
    {
        SessionEndInfo = new SessionEndInfo
        {
            Status = outcome is TrialOutcome.Completed or TrialOutcome.Stopped or TrialOutcome.Overfit ? Status.Success : Status.Failure,
            EndTimeSecs = Seconds(at),
        },
    });

    public static double Seconds(DateTimeOffset at) => at.ToUnixTimeMilliseconds() / 1e3;

    private static Summary Summary(string tag, HParamsPluginData data) => new()
    {
        Value =
        {
            new Summary.Types.Value
            {
                Tag = tag,
                Metadata = new SummaryMetadata { PluginData = new SummaryMetadata.Types.PluginData { PluginName = PluginName, Content = data.ToByteString() } },
                Tensor = Nothing.Clone(),
            },
        },
    };

    private static HParamInfo InfoOf(Parameter parameter) => parameter.Domain switch
    {
        ChoiceDomain choice => new HParamInfo
        {
            Name = parameter.Name,
            Type = TypeOf([.. choice.Values.Select(value => ValueOf(value).KindCase)]),
            DomainDiscrete = new ListValue { Values = { choice.Values.Select(ValueOf) } },
        },
        ContinuousDomain range => Range(parameter.Name, range.Min, range.Max),
        LatticeDomain lattice => Range(parameter.Name, lattice.Min, lattice.Max),
        var other => throw new ArgumentOutOfRangeException(nameof(parameter), other, "unknown domain"),
    };

    private static HParamInfo Range(string name, double min, double max) =>
        new() { Name = name, Type = DataType.Float64, DomainInterval = new Interval { MinValue = min, MaxValue = max } };

    private static DataType TypeOf(Value.KindOneofCase[] kinds) => kinds.Distinct().ToArray() switch
    {
        [Value.KindOneofCase.NumberValue] => DataType.Float64,
        [Value.KindOneofCase.BoolValue] => DataType.Bool,
        _ => DataType.String,
    };

    private static Value ValueOf(HyperparameterValue value) => value switch
    {
        HyperparameterValue.Number number => Value.ForNumber(number.Value),
        HyperparameterValue.Integer integer => Value.ForNumber(integer.Value),
        HyperparameterValue.Flag flag => Value.ForBool(flag.Value),
        _ => Value.ForString(value.ToString()),
    };
}
