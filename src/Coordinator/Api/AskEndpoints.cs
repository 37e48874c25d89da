using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Sweep.Coordinator.Actors;
using Sweep.Coordinator.Views;
using Sweep.Shared;
using Sweep.Shared.Protocol;

namespace Sweep.Coordinator.Api;

/// <summary>
/// Trials for those who train by themselves: ask for one, report its epochs, be told when to stop. To the sweep the caller is a worker like any
/// other, with the same leases, fences, and acknowledgements.
/// </summary>
internal sealed class AskEndpoints(SweepViews views)
{
    /// <summary>The <c>trainer.name</c> of sweeps for which no local worker is started.</summary>
    public const string Trainer = "external";

    private const double RetrySeconds = 1;

    /// <summary>A report that overtook another one is not answered by the sweep.</summary>
    private static readonly TimeSpan ReportLimit = TimeSpan.FromSeconds(10);

    public void Map(RouteGroupBuilder api)
    {
        var sweep = api.MapGroup("/sweeps/{sweep}").WithTags("ask and tell")
            .ProducesProblem(400).ProducesProblem(401).ProducesProblem(403).ProducesProblem(404).ProducesProblem(409).ProducesProblem(503);
        sweep.MapPost("/ask", AskAsync).WithSummary("A trial to train, under a lease. Asked again by the same worker, it is the same one until it has ended.");
        sweep.MapPost("/attempts/{attempt}/report", ReportAsync).WithSummary("What an epoch measured; answered, once it is stored, with whether to go on. Repeating it does no harm.");
        sweep.MapPost("/attempts/{attempt}/heartbeat", HeartbeatAsync).WithSummary("The attempt goes on: renews its lease between epochs.");
        sweep.MapPost("/attempts/{attempt}/end", EndAsync).WithSummary("The attempt is over before its last epoch.");
    }

    private async Task<AskDocument> AskAsync(string sweep, AskRequest request)
    {
        var view = views.Get(sweep);
        var worker = WorkerOf(request.Worker);
        var given = await OrderEndpoints.AskAsync<SweepActor.TrialGiven>(view, new SweepActor.TrialAsked(worker));
        if (given.Start is not { } start) return new AskDocument(given.Ending is null ? AskStatus.Wait : AskStatus.Ended, worker.Value, RetrySeconds);
        await view.CaughtUpAsync();
        var hyperparameters = view.Read(books => books.State[start.Attempt.Trial].Hyperparameters);
        return new AskDocument(
            AskStatus.Trial, worker.Value, null, start.Attempt.ToString(), start.Attempt.Trial.Number, hyperparameters,
            start.Seed, start.Configuration.Budget, start.RecordedEpochs, start.Lease.TotalSeconds);
    }

    private async Task<DecisionDocument> ReportAsync(string sweep, string attempt, ReportRequest request)
    {
        var (view, id, worker) = await HeldAsync(sweep, attempt);
        if (request.Epoch < 1) throw ApiProblem.BadRequest("epoch: epochs count from 1");
        try
        {
            return DecisionOf(await OrderEndpoints.AskAsync<IWorkerCommand>(view, new EpochReported(worker, id, request.ToReport()), ReportLimit));
        }
        catch (ApiProblem) when (view.Read(books => books.State[id.Trial].Reports.Count) + 1 is var next && request.Epoch > next)
        {
            throw ApiProblem.Conflict($"epoch {request.Epoch} is out of turn: report epoch {next} first");
        }
    }

    private async Task<DecisionDocument> HeartbeatAsync(string sweep, string attempt, HeartbeatRequest request)
    {
        var (view, id, worker) = await HeldAsync(sweep, attempt);
        return DecisionOf(await OrderEndpoints.AskAsync<IWorkerCommand>(view, new Heartbeat(worker, id, request.Epoch, Math.Clamp(request.Progress, 0, 1))));
    }

    private async Task<DecisionDocument> EndAsync(string sweep, string attempt, EndRequest request)
    {
        var (view, id, worker) = await HeldAsync(sweep, attempt);
        await OrderEndpoints.AskAsync<IWorkerCommand>(view, new AttemptEnded(worker, id, request.Ending, request.Detail));
        return new DecisionDocument(TrialDecision.Stop, null);
    }

    private static DecisionDocument DecisionOf(IWorkerCommand answer) => answer switch
    {
        EpochAcknowledged acknowledged => new DecisionDocument(acknowledged.Decision, null),
        StopAttempt stop => new DecisionDocument(TrialDecision.Stop, stop.Reason),
        WorkerNoted => new DecisionDocument(TrialDecision.Continue, null),
        _ => throw new InvalidOperationException($"unknown answer {answer}"),
    };

    /// <summary>One that the sweep has named keeps its name; another one gets a part that tells it from any other.</summary>
    private static WorkerId WorkerOf(string? name) => name switch
    {
        { Length: > 100 } => throw ApiProblem.BadRequest("worker: give a name of at most 100 characters"),
        not null when name.Contains('#', StringComparison.Ordinal) => new WorkerId(name),
        _ => new WorkerId($"{name ?? "asked"}#{Guid.NewGuid():N}"),
    };

    private async Task<(SweepView View, AttemptId Attempt, WorkerId Worker)> HeldAsync(string sweep, string attempt)
    {
        var view = views.Get(sweep);
        if (attempt.Split('.') is not [var trial, var number] || !int.TryParse(trial, out var of) || !int.TryParse(number, out var count))
            throw ApiProblem.BadRequest($"`{attempt}` is no attempt; give it as /ask did, such as 3.1");
        await view.CaughtUpAsync();
        var worker = view.Read(books => books.Chronicle.AttemptsOf(new TrialId(of)).FirstOrDefault(record => record.Attempt.Number == count)?.Worker)
            ?? throw ApiProblem.NotFound($"there is no attempt {attempt} in {view.Name}");
        return (view, new AttemptId(view.Sweep, new TrialId(of), count), worker);
    }
}

/// <param name="Worker">Null for a new one; else who asked before, as the answer called it, or a name for a new one.</param>
public sealed record AskRequest(string? Worker = null);

public enum AskStatus { Trial, Wait, Ended }

/// <param name="Worker">To ask by the next time.</param>
/// <param name="RetrySeconds">When to ask again, where there is no trial now.</param>
/// <param name="Epochs">The trial's budget.</param>
/// <param name="RecordedEpochs">That stand already, by an earlier attempt: report those after them.</param>
/// <param name="LeaseSeconds">Silence after which the trial goes to somebody else.</param>
public sealed record AskDocument(
    AskStatus Status, string Worker, double? RetrySeconds, string? Attempt = null, int? Trial = null, Hyperparameters? Hyperparameters = null,
    long? Seed = null, int? Epochs = null, int? RecordedEpochs = null, double? LeaseSeconds = null);

/// <summary>What an epoch measured: whatever there is of it, the sweep's objective at least.</summary>
/// <param name="Metrics">By names of one's own.</param>
public sealed record ReportRequest(
    int Epoch, double? TrainLoss = null, double? TrainAccuracy = null, double? ValidationLoss = null, double? ValidationAccuracy = null,
    double? TestLoss = null, double? TestAccuracy = null, double? LearningRate = null, double Seconds = 0, Dictionary<string, double>? Metrics = null)
{
    internal EpochReport ToReport() => new(
        Epoch, TrainLoss, TrainAccuracy, EvaluationOf(ValidationLoss, ValidationAccuracy), EvaluationOf(TestLoss, TestAccuracy), LearningRate, Seconds, null,
        Metrics: Metrics is null ? null : Metrics.Select(metric => new Metric(metric.Key, metric.Value)).ToValueArray());

    private static Evaluation? EvaluationOf(double? loss, double? accuracy) => loss is null && accuracy is null ? null : new Evaluation(loss, accuracy);
}

/// <param name="Epoch">In training, from 1.</param>
/// <param name="Progress">Share of it that is done.</param>
public sealed record HeartbeatRequest(int Epoch = 1, double Progress = 0);

/// <param name="Ending"><c>failed</c>, <c>diverged</c>, <c>out_of_memory</c>, <c>data_failed</c>, or <c>released</c> to hand the trial back.</param>
public sealed record EndRequest(AttemptEnding Ending, string? Detail = null);

/// <param name="Reason">Why to stop, where the sweep has one.</param>
public sealed record DecisionDocument(TrialDecision Decision, string? Reason);
