using System.Diagnostics;
using OpenTelemetry;
using OpenTelemetry.Exporter;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;
using Serilog;
using Sweep.Coordinator.Reports;
using Sweep.Coordinator.Trials;
using Sweep.Shared;

namespace Sweep.Coordinator.Outlets;

/// <summary>
/// A trial's life as OpenTelemetry spans by OTLP: the sweep, in it trials, in them attempts, in them epochs. Times are the events' own. Spans are exported when
/// they end, by a thread of the exporter's that drops what it cannot send. A coordinator that goes on with a sweep begins a trace of its own.
/// </summary>
internal sealed class TraceOutlet : Outlet
{
    private const string SourceName = "Sweep";

    private const string TracesPath = "v1/traces";

    /// <summary>Its own: a provider hears every source of the process whose name it was given, and there is one of each for each sweep.</summary>
    private readonly ActivitySource _source = new($"{SourceName}.{Guid.NewGuid():N}", ProgramVersion.Released);

    private readonly TracerProvider _provider;
    private readonly Dictionary<TrialId, Activity> _trials = [], _attempts = [];
    private readonly Dictionary<TrialId, DateTimeOffset> _lastReport = [];
    private Activity? _sweep;

    /// <param name="collector">Such as <c>http://127.0.0.1:4318</c>, by HTTP and protobuf.</param>
    public TraceOutlet(Uri collector, long seen, ILogger log)
        : base("The trace collector", seen, log) =>
        _provider = Sdk.CreateTracerProviderBuilder()
            .AddSource(_source.Name)
            .ConfigureResource(resource => resource.AddService("sweep-coordinator", serviceVersion: ProgramVersion.Build))
            .SetSampler(new AlwaysOnSampler())
            .AddOtlpExporter(options =>
            {
                options.Protocol = OtlpExportProtocol.HttpProtobuf;
                options.Endpoint = new Uri(collector.AbsoluteUri.TrimEnd('/') + "/" + TracesPath);
            })
            .Build();

    protected override Task HearAsync(long number, SweepState state, ISweepEvent sweepEvent, CancellationToken closing)
    {
        Trace(state, sweepEvent);
        return Task.CompletedTask;
    }

    protected override ValueTask CloseAsync()
    {
        foreach (var span in _attempts.Values.Concat(_trials.Values)) span.Stop();
        _sweep?.Stop();
        _provider.Dispose();
        _source.Dispose();
        return ValueTask.CompletedTask;
    }

    private void Trace(SweepState state, ISweepEvent sweepEvent)
    {
        switch (sweepEvent)
        {
            case SweepStarted or SweepResumed: Begin(state, sweepEvent); break;
            case TrialCreated created: _ = TrialSpan(state, created.Trial, created.At); break;
            case AttemptStarted started: Start(state, started); break;
            case EpochRecorded recorded: Record(state, recorded); break;
            case AttemptClosed closed: End(_attempts, closed.Attempt.Trial, closed.At, closed.Closure.ToString(), closed.Detail, isFailure: closed.Failure is not null); break;
            case TrialPaused paused: End(_attempts, paused.Attempt.Trial, paused.At, "Paused", paused.Detail, isFailure: false); break;
            case TrialFinished finished:
                End(_attempts, finished.Trial, finished.At, finished.Outcome.ToString(), finished.Detail, finished.Failure is not null);
                End(_trials, finished.Trial, finished.At, finished.Outcome.ToString(), finished.Detail, finished.Failure is not null);
                break;
            case SweepFinished finished:
                if (_sweep is not null) Stop(_sweep.SetTag("sweep.ending", finished.Ending.ToString()), finished.At);
                _sweep = null;
                break;
        }
    }

    private void Begin(SweepState state, ISweepEvent sweepEvent)
    {
        if (_sweep is not null) Stop(_sweep, sweepEvent.At);
        _sweep = Span($"sweep {state.Definition.Name}", default, sweepEvent.At)?
            .SetTag("sweep.id", state.Sweep?.Value).SetTag("sweep.name", state.Definition.Name).SetTag("sweep.resumed", sweepEvent is SweepResumed);
    }

    private void Start(SweepState state, AttemptStarted started)
    {
        var trial = TrialSpan(state, started.Attempt.Trial, started.At);
        _lastReport[started.Attempt.Trial] = started.At;
        if (Span($"attempt {started.Attempt}", trial?.Context ?? default, started.At) is { } span)
            _attempts[started.Attempt.Trial] = span.SetTag("sweep.attempt", started.Attempt.ToString()).SetTag("sweep.worker", started.Worker.ShortName);
    }

    private void Record(SweepState state, EpochRecorded recorded)
    {
        var (trial, report) = (recorded.Attempt.Trial, recorded.Report);
        var parent = _attempts.GetValueOrDefault(trial) ?? TrialSpan(state, trial, recorded.At);
        var start = _lastReport.GetValueOrDefault(trial, recorded.At - TimeSpan.FromSeconds(Math.Max(0, report.Seconds)));
        _lastReport[trial] = recorded.At;
        if (Span($"epoch {report.Epoch}", parent?.Context ?? default, start) is not { } span) return;
        foreach (var column in EpochsCsv.Columns)
            if (column.Value(report) is { } value) span.SetTag($"sweep.{column.Name}", value);
        Stop(span, recorded.At);
    }

    /// <summary>The trial's span; begun now where the trial was created before this coordinator was there.</summary>
    private Activity? TrialSpan(SweepState state, TrialId trial, DateTimeOffset at)
    {
        if (_trials.TryGetValue(trial, out var known)) return known;
        if (Span($"trial {trial}", _sweep?.Context ?? default, at) is not { } span) return null;
        span.SetTag("sweep.trial", trial.Number).SetTag("sweep.seed", state[trial].Seed);
        foreach (var (name, value) in state[trial].Hyperparameters) span.SetTag($"sweep.hyperparameter.{name}", value.ToString());
        return _trials[trial] = span;
    }

    private static void End(Dictionary<TrialId, Activity> spans, TrialId trial, DateTimeOffset at, string ending, string? detail, bool isFailure)
    {
        if (!spans.Remove(trial, out var span)) return;
        span.SetTag("sweep.ending", ending).SetStatus(isFailure ? ActivityStatusCode.Error : ActivityStatusCode.Ok, detail);
        Stop(span, at);
    }

    /// <summary>It is nobody's current span: what else this process does has no part in it.</summary>
    private Activity? Span(string name, ActivityContext parent, DateTimeOffset start)
    {
        var span = _source.StartActivity(name, ActivityKind.Internal, parent, startTime: start);
        Activity.Current = null;
        return span;
    }

    private static void Stop(Activity span, DateTimeOffset at)
    {
        span.SetEndTime(at.UtcDateTime);
        span.Stop();
        Activity.Current = null;
    }
}
