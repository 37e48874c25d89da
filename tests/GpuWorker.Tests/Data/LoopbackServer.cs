using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Sweep.GpuWorker.Tests.Data;

/// <summary>Serves one file over HTTP, knows ranges, and may hang up early.</summary>
internal sealed class LoopbackServer : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly byte[] _content;
    private readonly Queue<int> _hangUpAfter;

    /// <param name="hangUpAfter">One entry a request: bytes of the body after which the connection closes; later requests are served whole.</param>
    public LoopbackServer(byte[] content, params int[] hangUpAfter)
    {
        _content = content;
        _hangUpAfter = new Queue<int>(hangUpAfter);
        _listener.Start();
        _ = ServeAsync();
    }

    public Uri Address => new($"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}/file");

    /// <summary>First bytes asked for, one entry a request.</summary>
    public List<int> Offsets { get; } = [];

    public void Dispose() => _listener.Dispose();

    private async Task ServeAsync()
    {
        try
        {
            while (true)
            {
                using var client = await _listener.AcceptTcpClientAsync();
                await AnswerAsync(client.GetStream());
            }
        }
        catch (Exception closed) when (closed is SocketException or ObjectDisposedException or IOException)
        {
            // The test is over.
        }
    }

    private async Task AnswerAsync(NetworkStream stream)
    {
        var offset = 0;
        using var reader = new StreamReader(stream, Encoding.ASCII, leaveOpen: true);
        while (await reader.ReadLineAsync() is { Length: > 0 } line)
            if (line.StartsWith("Range: bytes=", StringComparison.OrdinalIgnoreCase))
                offset = int.Parse(line["Range: bytes=".Length..].TrimEnd('-'), CultureInfo.InvariantCulture);
        Offsets.Add(offset);
        var body = _content.AsMemory(Math.Min(offset, _content.Length));
        var status = offset == 0 ? "200 OK" : body.IsEmpty ? "416 Range Not Satisfiable" : "206 Partial Content";
        await stream.WriteAsync(Encoding.ASCII.GetBytes($"HTTP/1.1 {status}\r\nContent-Length: {body.Length}\r\nConnection: close\r\n\r\n"));
        await stream.WriteAsync(_hangUpAfter.TryDequeue(out var bytes) ? body[..Math.Min(bytes, body.Length)] : body);
    }
}
