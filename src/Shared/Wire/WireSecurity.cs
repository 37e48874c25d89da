using System.CommandLine;

namespace Sweep.Shared.Wire;

/// <summary>How connections between nodes are protected. Anything constructed was found good enough for where the node listens.</summary>
/// <param name="Certificate">Null where they are not: on loopback, or because somebody said <c>--insecure</c>.</param>
/// <param name="Arguments">The options again, for a worker that this process starts.</param>
public sealed record WireSecurity(NodeCertificate? Certificate, IReadOnlyList<string> Arguments)
{
    /// <summary>What everybody must know who reads the console; null where nothing is to be said.</summary>
    public string? Warning { get; private init; }

    /// <param name="files">Null where TLS was not asked for.</param>
    /// <exception cref="WireSecurityException">A TLS file is not what it should be, or the node would listen in the open and nobody allowed it.</exception>
    public static WireSecurity For(HostAndPort listen, TlsFiles? files, bool insecure, DateTimeOffset now)
    {
        if (files is not null)
        {
            if (insecure) throw new WireSecurityException("--insecure contradicts --tls-cert: leave one of them out");
            return new WireSecurity(
                NodeCertificate.Load(files, now), ["--tls-cert", files.Certificate, "--tls-key", files.Key, "--tls-ca", files.Authority]);
        }
        if (listen.IsLoopback) return new WireSecurity(null, insecure ? ["--insecure"] : []);
        if (!insecure)
        {
            throw new WireSecurityException(
                $"listening on {listen}: whoever reaches it could take part; give --tls-cert, --tls-key and --tls-ca (docs/security.md), or add --insecure if the network is yours alone");
        }
        return new WireSecurity(null, ["--insecure"])
        {
            Warning = $"warning: --insecure: connections to {listen} are neither encrypted nor authenticated; whoever reaches it can take part",
        };
    }
}

/// <summary>Connections would not be as safe as they should be; the message says which option or file is to blame, and what to do.</summary>
public sealed class WireSecurityException(string message) : Exception(message);

/// <summary>The options about it, the same for both programs.</summary>
public sealed class WireOptions
{
    private readonly Option<string?> _certificate = new("--tls-cert") { Description = "This node's certificate, PEM: connections are encrypted and both sides prove themselves", HelpName = "FILE" };
    private readonly Option<string?> _key = new("--tls-key") { Description = "Its private key, PEM", HelpName = "FILE" };
    private readonly Option<string?> _authority = new("--tls-ca") { Description = "The authority that signs the nodes' certificates, PEM; no other is trusted", HelpName = "FILE" };
    private readonly Option<bool> _insecure = new("--insecure") { Description = "Allow to listen beyond loopback without TLS, where whoever reaches the port can take part" };

    public IEnumerable<Option> All => [_certificate, _key, _authority, _insecure];

    /// <param name="listen">Where the node will listen.</param>
    /// <exception cref="WireSecurityException">A TLS file is not what it should be, or the options do not fit each other or where the node listens.</exception>
    public WireSecurity Read(ParseResult parsed, HostAndPort listen) =>
        WireSecurity.For(listen, Files(parsed), parsed.GetValue(_insecure), TimeProvider.System.GetUtcNow());

    private TlsFiles? Files(ParseResult parsed) => (parsed.GetValue(_certificate), parsed.GetValue(_key), parsed.GetValue(_authority)) switch
    {
        (null, null, null) => null,
        ({ } certificate, { } key, { } authority) => new TlsFiles(certificate, key, authority),
        _ => throw new WireSecurityException("--tls-cert, --tls-key and --tls-ca go together: give all three, or none"),
    };
}
