using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Sweep.Coordinator.SearchSpaces;
using Sweep.Coordinator.SweepFiles;
using Sweep.Coordinator.Views;
using Sweep.Shared;

namespace Sweep.Coordinator.Api;

/// <summary>Everything of the API that only looks.</summary>
internal sealed class ReadEndpoints(SweepViews views, TimeProvider time)
{
    private const int DefaultPage = 50, MostOfPage = 1_000, DefaultPoints = 500, MostPoints = 20_000, DefaultLines = 500;

    /// <summary>For an axis that is to be the gap itself.</summary>
    private const string NoParameter = "none";

    private readonly KeptDocuments _kept = new(time);

    public void Map(RouteGroupBuilder api)
    {
        api.MapGet("/sweeps", () => new SweepList([.. views.All.Select(Summary)])).WithSummary("The sweeps that this coordinator runs or has run.");
        var sweep = api.MapGroup("/sweeps/{sweep}").WithTags("read").ProducesProblem(404).ProducesProblem(400);
        sweep.MapGet("", (string sweep) => Summary(views.Get(sweep))).WithSummary("A sweep at a glance.");
        sweep.MapGet("/trials", Trials).WithSummary("A page of trials, sorted (`sort=-gap`) and filtered (`filter=outcome=completed`, several times).");
        sweep.MapGet("/trials/{trial:int}", Trial).WithSummary("All about one trial but its epochs.");
        sweep.MapGet("/trials/{trial:int}/epochs", Epochs).WithSummary("What each epoch of a trial measured, thinned out to `points`.");
        sweep.MapGet("/trials/{trial:int}/log", Log).WithSummary("The newest lines of the logs that tell of a trial.");
        sweep.MapGet("/trials/{trial:int}/model", Model).WithSummary("A trial's best model, as safetensors.").Produces(200, contentType: ModelType);
        sweep.MapGet("/progress", (string sweep, int? points) => Kept(
            sweep, $"progress {Points(points)}", books => (All: books.AllTrials(), Course: Course.Of(books.Chronicle)), at => ProgressDocument.Of(at.All, at.Course, Points(points))))
            .Gives<ProgressDocument>("The objective over time.");
        sweep.MapGet("/parallel", (string sweep, int? points) => Kept(sweep, $"parallel {Points(points)}", all => ParallelDocument.Of(all, Points(points))))
            .Gives<ParallelDocument>("Trials as lines across the hyperparameters.");
        sweep.MapGet("/importance", (string sweep) => Kept(sweep, "importance", books => books.State, ImportanceDocument.Of))
            .Gives<ImportanceDocument>("How much each hyperparameter matters.");
        sweep.MapGet("/effects", (string sweep) => Kept(sweep, "effects", EffectsDocument.Of)).Gives<EffectsDocument>("The objective by each hyperparameter alone.");
        sweep.MapGet("/overfit-map", OverfitMap).Gives<OverfitMapDocument>("The gap between training and held-out accuracy against two hyperparameters.");
        sweep.MapGet("/rungs", (string sweep, int? limit) => Kept(sweep, $"rungs {Limit(limit)}", all => RungsDocument.Of(all, Limit(limit))))
            .Gives<RungsDocument>("Whom the scheduler promoted, paused and stopped.");
        sweep.MapGet("/lineage", (string sweep) => Kept(sweep, "lineage", LineageDocument.Of)).Gives<LineageDocument>("Which trials of a population took over whose networks.");
        sweep.MapGet("/workers", (string sweep) => Read(sweep, WorkersDocument.Of)).WithSummary("Who trains, and on what.");
        sweep.MapGet("/timeline", (string sweep, DateTimeOffset? from, DateTimeOffset? until, int? points) =>
            Read(sweep, books => TimelineDocument.Of(books, from, until, Points(points)))).WithSummary("When which worker held which trial.");
        sweep.MapGet("/warnings", (string sweep) => Read(sweep, books => new WarningsDocument([.. books.Warnings.Newest], books.StoreProblem)))
            .WithSummary("The newest things that a person should look at, newest first.");
        sweep.MapGet("/events", (string sweep) => new EventStream(views.Get(sweep), time)).Produces<FeedEntry>(200, EventStream.ContentType)
            .WithSummary("What happens, as server-sent events: number, kind and trial. After a `gap`, read anew.");
    }

    private const string ModelType = "application/octet-stream";

    private SweepDocument Summary(SweepView view) => view.Read(books => SweepDocument.Of(view, books, time.GetUtcNow()));

    /// <summary>About all trials, and so kept: see <see cref="KeptDocuments"/>.</summary>
    private Task<IResult> Kept<TExcerpt, TDocument>(string sweep, string key, Func<SweepBooks, TExcerpt> excerpt, Func<TExcerpt, TDocument> make) =>
        _kept.GetAsync(views.Get(sweep), key, excerpt, make);

    private Task<IResult> Kept<TDocument>(string sweep, string key, Func<AllTrials, TDocument> make) => Kept(sweep, key, books => books.AllTrials(), make);

    private T Read<T>(string sweep, Func<SweepBooks, T> read) => views.Get(sweep).Read(read);

    private T Read<T>(string sweep, int trial, Func<SweepView, SweepBooks, TrialId, T> read)
    {
        var view = views.Get(sweep);
        return view.Read(books => trial >= 1 && trial <= books.State.TrialCount
            ? read(view, books, new TrialId(trial))
            : throw ApiProblem.NotFound($"there is no trial {trial} in {view.Name}; it has {books.State.TrialCount} so far"));
    }

    private TrialPage Trials(string sweep, int? offset, int? limit, string? sort, string[]? filter) => Read(sweep, books =>
    {
        var (name, descending) = sort is ['-', .. var rest] ? (rest, true) : (sort ?? "rank", false);
        var definition = books.State.Definition;
        var column = TrialColumn.Find(name, definition)
            ?? throw ApiProblem.BadRequest($"sort: there is no column `{name}`; {NearestName.Advice(name, [.. TrialColumn.NamesIn(definition)])}");
        var filters = (filter ?? []).Where(text => text.Length > 0).Select(text => Filter(text, definition)).ToList();
        var query = new TrialQuery(Math.Max(0, offset ?? 0), Limit(limit), column, descending, filters);
        var (rows, matching) = books.Trials.Page(books.State, query);
        return new TrialPage(books.State.TrialCount, matching, query.Offset, sort ?? "rank", rows, books.Number);
    });

    private static TrialFilter Filter(string text, SweepDefinition definition)
    {
        try
        {
            return TrialFilter.Parse(text, definition);
        }
        catch (FormatException exception)
        {
            throw ApiProblem.BadRequest(exception.Message);
        }
    }

    private TrialDocument Trial(string sweep, int trial) => Read(sweep, trial, TrialDocument.Of);

    private EpochsDocument Epochs(string sweep, int trial, int? points) =>
        Read(sweep, trial, (_, books, id) => EpochsDocument.Of(books, id, Points(points)));

    private LogDocument Log(string sweep, int trial, int? lines) =>
        TrialLog.Read(Read(sweep, trial, (view, _, _) => view).Folder, new TrialId(trial), Math.Clamp(lines ?? DefaultLines, 1, MostPoints));

    private PhysicalFileHttpResult Model(string sweep, int trial)
    {
        var view = Read(sweep, trial, (view, _, _) => view);
        var path = Path.GetFullPath(AttemptFolder.BestModelOf(view.Folder.Path, new TrialId(trial)));
        return File.Exists(path)
            ? TypedResults.PhysicalFile(path, ModelType, $"{view.Name}-{trial}.safetensors")
            : throw ApiProblem.NotFound($"trial {trial} has no model: it has not ended, trained no epoch, or its worker could not reach the run folder");
    }

    private Task<IResult> OverfitMap(string sweep, string? x, string? y, int? points)
    {
        var parameters = Read(sweep, books => books.State.Definition.Space.Parameters);
        if (parameters.IsEmpty) throw ApiProblem.Conflict("the sweep searches nothing, so that there is nothing to draw the gap against");
        var across = x is null ? parameters[0] : Parameter("x", x);
        var up = y is null ? parameters.FirstOrDefault(parameter => parameter != across) : y == NoParameter ? null : Parameter("y", y);
        return Kept(sweep, $"overfit-map {across.Name} {up?.Name} {Points(points)}", all => OverfitMapDocument.Of(all, across, up, Points(points)));

        Parameter Parameter(string argument, string name) => parameters.FirstOrDefault(parameter => parameter.Name == name)
            ?? throw ApiProblem.BadRequest($"{argument}: there is no hyperparameter `{name}`; {NearestName.Advice(name, [.. parameters.Select(parameter => parameter.Name)])}");
    }

    private static int Limit(int? limit) => Math.Clamp(limit ?? DefaultPage, 1, MostOfPage);

    private static int Points(int? points) => Math.Clamp(points ?? DefaultPoints, 2, MostPoints);
}

internal static class ViewsByName
{
    /// <summary>For the OpenAPI document, which cannot see what a kept answer holds.</summary>
    public static void Gives<T>(this RouteHandlerBuilder route, string summary) => route.WithSummary(summary).Produces<T>().Produces(StatusCodes.Status304NotModified);

    /// <exception cref="ApiProblem">There is no such sweep.</exception>
    public static SweepView Get(this SweepViews views, string sweep) => views.Find(sweep)
        ?? throw ApiProblem.NotFound($"there is no sweep `{sweep}` here; /api/v1/sweeps lists those that are");
}
