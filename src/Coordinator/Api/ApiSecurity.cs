using System.Net;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;
using Sweep.Shared;

namespace Sweep.Coordinator.Api;

/// <summary>
/// Who may change something. Beyond loopback it takes the token. On loopback it does not, but a page from elsewhere in a person's browser must not
/// get through: requests for another host's name, or from another origin, are refused, and so are bodies that a form could send.
/// </summary>
/// <param name="listen">Where the server listens.</param>
/// <param name="token">Null for none; beyond loopback there must be one.</param>
internal sealed class ApiSecurity(HostAndPort listen, string? token)
{
    private const string Scheme = "Bearer ";

    private readonly bool _isLoopback = listen.IsLoopback;

    public string? Token => token;

    private static bool IsLoopback(string host) => host == "localhost" || IPAddress.TryParse(host.Trim('[', ']'), out var address) && IPAddress.IsLoopback(address);

    /// <summary>256 bits that nobody guesses.</summary>
    public static string NewToken() => Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(32));

    public async Task CheckAsync(HttpContext http, RequestDelegate next)
    {
        if (Refusal(http.Request) is var (status, reason))
        {
            await new ApiProblem(status, "Refused", reason).WriteAsync(http);
            return;
        }
        var headers = http.Response.Headers;
        headers.XContentTypeOptions = "nosniff";
        headers.XFrameOptions = "DENY";
        headers["Referrer-Policy"] = "no-referrer";
        await next(http);
    }

    private (int Status, string Reason)? Refusal(HttpRequest request)
    {
        if (_isLoopback && !IsLoopback(request.Host.Host))
            return (StatusCodes.Status421MisdirectedRequest, $"this server is {listen.Host} and not {request.Host.Host}; ask for it by that name");
        if (HttpMethods.IsGet(request.Method) || HttpMethods.IsHead(request.Method)) return null;
        if (request.Headers.Origin is [{ } origin, ..] && !IsOwn(origin, request.Host))
            return (StatusCodes.Status403Forbidden, $"{origin} is another site, and may not change anything here");
        if (request.ContentLength is > 0 && !request.HasJsonContentType())
            return (StatusCodes.Status415UnsupportedMediaType, "send JSON, with Content-Type: application/json");
        if (token is not null && !Shows(request, token))
            return (StatusCodes.Status401Unauthorized, "show the token, as `Authorization: Bearer TOKEN`; the coordinator has printed it, or has it from --dashboard-token");
        return null;
    }

    private static bool IsOwn(string origin, HostString host) =>
        Uri.TryCreate(origin, UriKind.Absolute, out var uri) && uri.Authority.Equals(host.Value, StringComparison.OrdinalIgnoreCase);

    /// <summary>In a time that does not tell how much of it is right.</summary>
    private static bool Shows(HttpRequest request, string token) =>
        request.Headers.Authorization is [{ } header] && header.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase)
        && CryptographicOperations.FixedTimeEquals(Hash(header[Scheme.Length..].Trim()), Hash(token));

    private static byte[] Hash(string text) => SHA256.HashData(Encoding.UTF8.GetBytes(text));
}
