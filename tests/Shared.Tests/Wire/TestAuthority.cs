using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Sweep.Shared.Wire;

namespace Sweep.Shared.Tests.Wire;

/// <summary>A certificate authority with a folder of PEM files, for one test.</summary>
public sealed class TestAuthority : IDisposable
{
    public const string Server = "1.3.6.1.5.5.7.3.1";
    public const string Client = "1.3.6.1.5.5.7.3.2";

    private readonly string _folder = Directory.CreateTempSubdirectory("sweep-tls-").FullName;
    private readonly X509Certificate2 _root;

    public TestAuthority(string name = "test authority")
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign, true));
        _root = request.CreateSelfSigned(Now.AddYears(-2), Now.AddYears(2));
        File = Write("ca.pem", _root.ExportCertificatePem());
    }

    public static DateTimeOffset Now { get; } = DateTimeOffset.UtcNow;

    /// <summary>The authority's own certificate.</summary>
    public string File { get; }

    /// <param name="days">From a day before today; negative for one that has expired.</param>
    public TlsFiles Issue(string name, int days = 30, string[]? usages = null, X509KeyUsageFlags keyUsage = X509KeyUsageFlags.DigitalSignature)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        var purposes = new OidCollection();
        foreach (var usage in usages ?? [Server, Client]) purposes.Add(new Oid(usage));
        if (purposes.Count > 0) request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension(purposes, false));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(keyUsage, true));
        using var certificate = request.Create(
            _root, days > 0 ? Now.AddDays(-1) : Now.AddDays(-60), Now.AddDays(days), RandomNumberGenerator.GetBytes(8));
        return new TlsFiles(
            Write($"{name}.pem", certificate.ExportCertificatePem()), Write($"{name}.key", key.ExportPkcs8PrivateKeyPem()), File);
    }

    public string Write(string name, string text)
    {
        var path = Path.Combine(_folder, name);
        System.IO.File.WriteAllText(path, text);
        return path;
    }

    public void Dispose()
    {
        _root.Dispose();
        Directory.Delete(_folder, recursive: true);
    }
}
