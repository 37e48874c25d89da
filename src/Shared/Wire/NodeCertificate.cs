using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Sweep.Shared.Wire;

/// <summary>The PEM files by which a node shows that it belongs, and knows who else does.</summary>
/// <param name="Certificate">The node's own certificate, first in its file.</param>
/// <param name="Key">Its private key, not encrypted.</param>
/// <param name="Authority">The only certificates that are trusted: roots, and intermediates between them and the nodes.</param>
public sealed record TlsFiles(string Certificate, string Key, string Authority);

/// <summary>
/// What a node shows to its peers, and how it judges what they show. One authority, and nobody else, decides who belongs; names
/// in certificates are not compared with addresses, because workers and pods come and go under new ones.
/// </summary>
public sealed class NodeCertificate
{
    private const string ServerAuthentication = "1.3.6.1.5.5.7.3.1";
    private const string ClientAuthentication = "1.3.6.1.5.5.7.3.2";

    private readonly X509Certificate2Collection _authority;

    private NodeCertificate(X509Certificate2 certificate, X509Certificate2Collection authority) => (Certificate, _authority) = (certificate, authority);

    /// <summary>With its private key.</summary>
    public X509Certificate2 Certificate { get; }

    /// <exception cref="WireSecurityException">A file is missing, unreadable or not PEM, the key does not fit, or peers would refuse the certificate.</exception>
    public static NodeCertificate Load(TlsFiles files, DateTimeOffset now)
    {
        var authority = ReadAuthority(files.Authority);
        var node = new NodeCertificate(ReadWithKey(files), authority);
        return node.Refusal(node.Certificate, now) is { } refusal
            ? throw new WireSecurityException($"--tls-cert {files.Certificate}: {refusal}, so no peer would accept it; have the authority in {files.Authority} sign a new one (docs/security.md)")
            : node;
    }

    /// <summary>Why a peer with this certificate is no member; null where it may be one.</summary>
    /// <param name="peer">Null where the peer showed none.</param>
    public string? Refusal(X509Certificate2? peer, DateTimeOffset now)
    {
        if (peer is null) return "it shows no certificate";
        if (now < peer.NotBefore) return $"its certificate is not valid before {peer.NotBefore.ToUniversalTime():u}";
        if (now > peer.NotAfter) return $"its certificate expired at {peer.NotAfter.ToUniversalTime():u}";
        if (!MaySign(peer)) return "its certificate's key usage has no digital signature";
        using var chain = new X509Chain { ChainPolicy = Policy(now) };
        if (chain.Build(peer)) return null;
        var status = chain.ChainStatus.Aggregate(X509ChainStatusFlags.NoError, (all, one) => all | one.Status);
        if ((status & (X509ChainStatusFlags.PartialChain | X509ChainStatusFlags.UntrustedRoot | X509ChainStatusFlags.NotSignatureValid)) != 0) return "its certificate is from another authority";
        if ((status & X509ChainStatusFlags.NotValidForUsage) != 0) return "its certificate is not for server and client authentication both";
        return $"its certificate's chain is not valid ({status})";
    }

    private X509ChainPolicy Policy(DateTimeOffset now)
    {
        var policy = new X509ChainPolicy
        {
            TrustMode = X509ChainTrustMode.CustomRootTrust,
            RevocationMode = X509RevocationMode.NoCheck,
            // A certificate may name an address to fetch its issuer from; a stranger's must not make us call there.
            DisableCertificateDownloads = true,
            VerificationTime = now.LocalDateTime,
        };
        policy.CustomTrustStore.AddRange(_authority);
        policy.ApplicationPolicy.Add(new Oid(ServerAuthentication));
        policy.ApplicationPolicy.Add(new Oid(ClientAuthentication));
        return policy;
    }

    private static bool MaySign(X509Certificate2 certificate) =>
        certificate.Extensions.OfType<X509KeyUsageExtension>().All(usage => usage.KeyUsages.HasFlag(X509KeyUsageFlags.DigitalSignature));

    private static X509Certificate2Collection ReadAuthority(string file)
    {
        var certificates = new X509Certificate2Collection();
        var text = Read("--tls-ca", file);
        try
        {
            certificates.ImportFromPem(text);
        }
        catch (CryptographicException)
        {
            certificates.Clear();
        }
        return certificates.Count > 0 ? certificates : throw NoCertificate("--tls-ca", file);
    }

    private static X509Certificate2 ReadWithKey(TlsFiles files)
    {
        X509Certificate2 certificate;
        var text = Read("--tls-cert", files.Certificate);
        var key = Read("--tls-key", files.Key);
        try
        {
            certificate = X509Certificate2.CreateFromPem(text);
        }
        catch (CryptographicException)
        {
            throw NoCertificate("--tls-cert", files.Certificate);
        }
        using (certificate)
        {
            if (key.Contains("ENCRYPTED", StringComparison.Ordinal))
                throw new WireSecurityException($"--tls-key {files.Key}: the key is encrypted; give one that is not (openssl pkey -in {files.Key} -out FILE)");
            if (!key.Contains("PRIVATE KEY-----", StringComparison.Ordinal))
                throw new WireSecurityException($"--tls-key {files.Key}: no PEM private key in it; give a file with -----BEGIN PRIVATE KEY-----");
            try
            {
                return X509Certificate2.CreateFromPem(text, key);
            }
            catch (Exception exception) when (exception is CryptographicException or ArgumentException)
            {
                throw new WireSecurityException($"--tls-key {files.Key}: not the key of the certificate in {files.Certificate}; give the key that was made with it");
            }
        }
    }

    private static WireSecurityException NoCertificate(string option, string file) =>
        new($"{option} {file}: no PEM certificate in it; give a file with -----BEGIN CERTIFICATE-----");

    private static string Read(string option, string file)
    {
        try
        {
            return File.ReadAllText(file);
        }
        catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new WireSecurityException($"{option} {file}: there is no such file; give the path of a PEM file");
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new WireSecurityException($"{option} {file}: it cannot be read; give a file that the user of this program may read");
        }
    }
}
