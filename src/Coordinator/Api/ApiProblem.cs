using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;

namespace Sweep.Coordinator.Api;

/// <summary>Why a request is not answered, and what to do: what the caller gets as <c>application/problem+json</c>.</summary>
public sealed class ApiProblem(int status, string title, string detail) : Exception(detail)
{
    public static ApiProblem NotFound(string detail) => new(StatusCodes.Status404NotFound, "Not found", detail);

    public static ApiProblem BadRequest(string detail) => new(StatusCodes.Status400BadRequest, "Bad request", detail);

    /// <summary>The sweep is not in a state in which this can be done.</summary>
    public static ApiProblem Conflict(string detail) => new(StatusCodes.Status409Conflict, "Conflict", detail);

    public static ApiProblem Unavailable(string detail) => new(StatusCodes.Status503ServiceUnavailable, "Unavailable", detail);

    public async Task WriteAsync(HttpContext http)
    {
        http.Response.StatusCode = status;
        http.Response.ContentType = "application/problem+json";
        var problem = new ProblemDetails { Status = status, Title = title, Detail = Message };
        await JsonSerializer.SerializeAsync(http.Response.Body, problem, ApiJson.Default.ProblemDetails);
    }

    /// <summary>Turns problems that are thrown into answers; what a request has wrong is one too.</summary>
    public static async Task AnswerAsync(HttpContext http, RequestDelegate next)
    {
        try
        {
            await next(http);
        }
        catch (ApiProblem problem) when (!http.Response.HasStarted)
        {
            await problem.WriteAsync(http);
        }
        catch (BadHttpRequestException exception) when (!http.Response.HasStarted)
        {
            var reason = exception.InnerException is JsonException json ? $"{exception.Message} {json.Message}" : exception.Message;
            await new ApiProblem(exception.StatusCode, "Bad request", reason).WriteAsync(http);
        }
    }
}
