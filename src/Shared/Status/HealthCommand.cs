using System.CommandLine;

namespace Sweep.Shared.Status;

/// <summary><c>health</c>: asks another process of this program how it is, for images that hold no other HTTP client.</summary>
public static class HealthCommand
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(3);

    public static Command Create()
    {
        var address = new Argument<string>("HOST:PORT") { Description = "What the other one was given by --http" };
        var ready = new Option<bool>("--ready") { Description = "Ask whether it is ready, and not only whether it lives" };
        var command = new Command("health", "Asks a running program how it is. Exit code 1 where it is not well, or does not answer.") { address, ready };
        command.SetAction((parsed, cancellation) =>
            AskAsync($"http://{parsed.GetValue(address)}{(parsed.GetValue(ready) ? StatusServer.ReadyPath : StatusServer.LivePath)}", cancellation));
        return command;
    }

    private static async Task<int> AskAsync(string address, CancellationToken cancellation)
    {
        using var http = new HttpClient { Timeout = Limit };
        try
        {
            using var answer = await http.GetAsync(address, cancellation);
            Console.WriteLine(await answer.Content.ReadAsStringAsync(cancellation));
            return answer.IsSuccessStatusCode ? 0 : 1;
        }
        catch (Exception exception) when (exception is HttpRequestException or OperationCanceledException or UriFormatException)
        {
            Console.Error.WriteLine($"{address}: {exception.Message}");
            return 1;
        }
    }
}
