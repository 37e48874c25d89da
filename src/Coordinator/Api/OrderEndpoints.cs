using System.Text.Json;
using Akka.Actor;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Sweep.Coordinator.Actors;
using Sweep.Coordinator.Resuming;
using Sweep.Coordinator.SweepFiles;
using Sweep.Coordinator.Trials;
using Sweep.Coordinator.Views;
using Sweep.Shared;

namespace Sweep.Coordinator.Api;

/// <summary>What a person can tell a sweep to do. Each order is answered when what it led to is stored, and refused with the reason where it cannot be carried out.</summary>
internal sealed class OrderEndpoints(SweepViews views)
{
    private static readonly TimeSpan AnswerLimit = TimeSpan.FromSeconds(30);

    public void Map(RouteGroupBuilder api)
    {
        var sweep = api.MapGroup("/sweeps/{sweep}").WithTags("control")
            .ProducesProblem(400).ProducesProblem(401).ProducesProblem(403).ProducesProblem(404).ProducesProblem(409).ProducesProblem(503);
        sweep.MapPost("/stop", (string sweep) => OrderAsync(sweep, now => new InterruptSweep(now))).WithSummary("Ends the sweep now; `coordinator --resume` goes on with it.");
        sweep.MapPost("/pause", (string sweep) => OrderAsync(sweep, now => new PauseSweep(now))).WithSummary("Takes workers their trials, and gives them none until the sweep is resumed.");
        sweep.MapPost("/resume", (string sweep) => OrderAsync(sweep, now => new UnpauseSweep(now))).WithSummary("Goes on with a sweep that was paused.");
        sweep.MapPost("/extend", ExtendAsync).WithSummary("Raises the number of trials, and limits.");
        sweep.MapPost("/enqueue", EnqueueAsync).WithSummary("Tries this configuration before anything that the sampler proposes.");
        sweep.MapPost("/trials/{trial:int}/stop", StopTrialAsync).WithSummary("Ends one trial with what it has measured.");
    }

    private async Task<OrderDocument> ExtendAsync(string sweep, ExtensionRequest request)
    {
        var (extension, problem) = request.Of(views.Get(sweep).Read(books => books.State));
        return extension is null ? throw ApiProblem.Conflict(problem!) : await OrderAsync(sweep, now => new ExtendSweep(extension, now));
    }

    private async Task<OrderDocument> EnqueueAsync(string sweep, EnqueueRequest request)
    {
        var state = views.Get(sweep).Read(books => books.State);
        if (state.SweepFile is not { } text) throw ApiProblem.Conflict("the history is too old to know its sweep file, so that configurations cannot be checked");
        var (hyperparameters, problems) = ConfigurationReader.Read(text, request.Hyperparameters.GetRawText(), state.Definition);
        return hyperparameters is null
            ? throw ApiProblem.BadRequest(string.Join("; ", problems))
            : await OrderAsync(sweep, now => new EnqueueTrial(hyperparameters, now));
    }

    private Task<OrderDocument> StopTrialAsync(string sweep, int trial)
    {
        var view = views.Get(sweep);
        if (trial < 1 || trial > view.Read(books => books.State.TrialCount)) throw ApiProblem.NotFound($"there is no trial {trial} in {view.Name}");
        return OrderAsync(sweep, now => new StopTrial(new TrialId(trial), now));
    }

    private async Task<OrderDocument> OrderAsync(string sweep, Func<DateTimeOffset, ISweepOrder> order)
    {
        var answer = await AskAsync<SweepActor.OrderAnswered>(views.Get(sweep), new SweepActor.Order(order));
        if (answer.Problem is { } problem) throw ApiProblem.Conflict(problem);
        return new OrderDocument(answer.Number, [.. answer.Events.Select(EventNames.Of)], [.. answer.Events.OfType<TrialCreated>().Select(created => created.Trial.Number)]);
    }

    /// <exception cref="ApiProblem">Nobody takes orders for the sweep, or the answer does not come.</exception>
    internal static async Task<T> AskAsync<T>(SweepView view, object message, TimeSpan? limit = null)
    {
        if (!view.IsAtWork) throw ApiProblem.Conflict($"no coordinator is at work on {view.Name}; coordinator --resume {view.Folder.Path} goes on with it");
        try
        {
            await view.IsOpened.WaitAsync(AnswerLimit);
            return await view.Orders.Ask<T>(message, limit ?? AnswerLimit);
        }
        catch (Exception exception) when (exception is AskTimeoutException or TimeoutException)
        {
            throw ApiProblem.Unavailable("the sweep does not answer: it may wait for its store; look at it, and ask again");
        }
    }
}

/// <param name="Hyperparameters">Names to values, of parameters that the configuration has; those with one value may be left out.</param>
public sealed record EnqueueRequest(JsonElement Hyperparameters);

/// <summary>What came of an order.</summary>
/// <param name="Number">Of the newest event when it was stored.</param>
/// <param name="Events">What it led to; none where all was so already.</param>
/// <param name="Trials">That it created.</param>
public sealed record OrderDocument(long Number, IReadOnlyList<string> Events, IReadOnlyList<int> Trials);
