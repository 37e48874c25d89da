using System.Collections.Frozen;
using System.IO.Compression;
using System.IO.Hashing;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Sweep.Coordinator.WebPages;

/// <summary>Serves the dashboard's files. A page may load nothing from elsewhere, and the browser holds it to that.</summary>
public static class DashboardFiles
{
    private const string Index = "dashboard/index.html";

    /// <summary>Of the program's web files, what the dashboard is made of; the rest is the report's.</summary>
    private static readonly string[] Parts = ["dashboard/", "charts/", "theme.css", WebFile.ECharts];

    /// <summary>Inline styles are the charts' tooltips; scripts are files, and nothing else.</summary>
    private const string Policy =
        "default-src 'none'; script-src 'self'; style-src 'self'; style-src-attr 'unsafe-inline'; img-src 'self' data: blob:; connect-src 'self'; "
        + "base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    private static readonly FrozenDictionary<string, string> Types = new Dictionary<string, string>
    {
        [".html"] = "text/html; charset=utf-8",
        [".js"] = "text/javascript; charset=utf-8",
        [".css"] = "text/css; charset=utf-8",
        [".svg"] = "image/svg+xml",
    }.ToFrozenDictionary();

    private static readonly Lazy<FrozenDictionary<string, Served>> Files = new(() =>
        WebFile.Names.Where(name => Parts.Any(part => name.StartsWith(part, StringComparison.Ordinal)) && Types.ContainsKey(Path.GetExtension(name)))
            .ToFrozenDictionary(name => name, Served.Read));

    /// <summary>At <c>/</c> is the page; which of its views a person looks at, the address says after the #.</summary>
    public static void MapDashboard(this IEndpointRouteBuilder app)
    {
        app.MapGet("/", http => SendAsync(http, Index)).ExcludeFromDescription();
        foreach (var name in Files.Value.Keys) app.MapGet($"/{name}", http => SendAsync(http, name)).ExcludeFromDescription();
    }

    private static async Task SendAsync(HttpContext http, string name)
    {
        var (response, file) = (http.Response, Files.Value[name]);
        response.Headers.ContentSecurityPolicy = Policy;
        response.Headers.XContentTypeOptions = "nosniff";
        response.Headers["Referrer-Policy"] = "no-referrer";
        response.Headers.CacheControl = "no-cache";
        response.Headers.ETag = file.Tag;
        response.Headers.Vary = "Accept-Encoding";
        if (http.Request.Headers.IfNoneMatch == file.Tag)
        {
            response.StatusCode = StatusCodes.Status304NotModified;
            return;
        }
        var isCompressed = http.Request.Headers.AcceptEncoding.ToString().Contains("gzip", StringComparison.OrdinalIgnoreCase);
        if (isCompressed) response.Headers.ContentEncoding = "gzip";
        var content = isCompressed ? file.Compressed : file.Content;
        (response.ContentType, response.ContentLength) = (file.Type, content.Length);
        await response.Body.WriteAsync(content, http.RequestAborted);
    }

    private sealed record Served(string Type, byte[] Content, byte[] Compressed, string Tag)
    {
        public static Served Read(string name)
        {
            var content = Encoding.UTF8.GetBytes(WebFile.Text(name));
            using var compressed = new MemoryStream();
            using (var zip = new GZipStream(compressed, CompressionLevel.Fastest, leaveOpen: true)) zip.Write(content);
            return new Served(Types[Path.GetExtension(name)], content, compressed.ToArray(), $"\"{XxHash3.HashToUInt64(content):x16}\"");
        }
    }
}
