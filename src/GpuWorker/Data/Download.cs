using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;

namespace Sweep.GpuWorker.Data;

/// <param name="TotalBytes">Null where the server does not say.</param>
public readonly record struct DownloadProgress(string File, long Bytes, long? TotalBytes);

/// <summary>
/// Fetches a file into a folder: under a name ending in <c>.part</c> until it is whole and its checksum is right, and from where an
/// earlier attempt stopped.
/// </summary>
internal sealed class Download : IDisposable
{
    private const int Attempts = 3;
    private const int ProgressBytes = 1 << 20;
    private static readonly TimeSpan Silence = TimeSpan.FromSeconds(30);

    private readonly HttpClient _http = new(new SocketsHttpHandler { ConnectTimeout = TimeSpan.FromSeconds(10) }) { Timeout = Timeout.InfiniteTimeSpan };
    private readonly Action<DownloadProgress> _progress;

    /// <param name="progress">Is told after every megabyte, on any thread.</param>
    public Download(Action<DownloadProgress> progress) => _progress = progress;

    public void Dispose() => _http.Dispose();

    /// <returns>The file's path.</returns>
    /// <exception cref="DatasetException">It cannot be had, or its checksum is wrong; the message says how to help.</exception>
    public async Task<string> FetchAsync(RemoteFile file, string folder, CancellationToken cancellation)
    {
        var target = Path.Combine(folder, file.Name);
        if (File.Exists(target)) return target;
        Directory.CreateDirectory(folder);
        var part = target + ".part";
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                await ContinueAsync(file, part, cancellation).ConfigureAwait(false);
                break;
            }
            catch (Exception failure) when (failure is HttpRequestException or IOException or OperationCanceledException)
            {
                cancellation.ThrowIfCancellationRequested();
                if (attempt == Attempts) throw Failed(file, target, failure is OperationCanceledException ? "the server fell silent" : failure.Message);
            }
        }
        await CheckAsync(file, part, target, cancellation).ConfigureAwait(false);
        File.Move(part, target, overwrite: true);
        return target;
    }

    private async Task ContinueAsync(RemoteFile file, string part, CancellationToken cancellation)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        patience.CancelAfter(Silence);
        await using var output = new FileStream(part, FileMode.OpenOrCreate, FileAccess.Write);
        using var request = new HttpRequestMessage(HttpMethod.Get, file.Address);
        if (output.Length > 0) request.Headers.Range = new RangeHeaderValue(output.Length, null);
        using var response = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, patience.Token).ConfigureAwait(false);
        if (response.StatusCode == HttpStatusCode.RequestedRangeNotSatisfiable) return; // The part is the whole; its checksum decides.
        response.EnsureSuccessStatusCode();
        if (response.StatusCode == HttpStatusCode.PartialContent) output.Seek(0, SeekOrigin.End);
        else output.SetLength(0);

        var reported = output.Length;
        var total = output.Length + response.Content.Headers.ContentLength;
        await using var input = await response.Content.ReadAsStreamAsync(patience.Token).ConfigureAwait(false);
        var buffer = new byte[1 << 17];
        while (await input.ReadAsync(buffer, patience.Token).ConfigureAwait(false) is > 0 and var read)
        {
            await output.WriteAsync(buffer.AsMemory(0, read), cancellation).ConfigureAwait(false);
            if (output.Length == total || output.Length - reported >= ProgressBytes)
                _progress(new DownloadProgress(file.Name, reported = output.Length, total));
            patience.CancelAfter(Silence);
        }
    }

    private static async Task CheckAsync(RemoteFile file, string part, string target, CancellationToken cancellation)
    {
        string checksum;
        await using (var stream = File.OpenRead(part))
#pragma warning disable CA5351 // MD5 is what the authors publish; it guards against damage only.
            checksum = Convert.ToHexStringLower(await MD5.HashDataAsync(stream, cancellation).ConfigureAwait(false));
#pragma warning restore CA5351
        if (checksum == file.Md5) return;
        File.Delete(part);
        throw Failed(file, target, $"its MD5 is {checksum}, expected {file.Md5}");
    }

    private static DatasetException Failed(RemoteFile file, string target, string why) =>
        new($"{file.Address} cannot be downloaded: {why}. Get it some other way, and put it at {target}");
}
