using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Sweep.Shared.Wire;

namespace Sweep.Shared.Tests.Wire;

public sealed class NodeCertificateTests : IDisposable
{
    private readonly TestAuthority _authority = new();

    public void Dispose() => _authority.Dispose();

    [Fact]
    public void Who_has_a_certificate_from_the_authority_is_let_in()
    {
        var node = Load(_authority.Issue("node"));
        var peer = Load(_authority.Issue("peer"));
        Assert.Null(node.Refusal(peer.Certificate, TestAuthority.Now));
    }

    [Fact]
    public void A_certificate_without_extended_key_usage_is_for_any_use() => Load(_authority.Issue("node", usages: []));

    [Fact]
    public void Nobody_else_is_let_in()
    {
        using var foreign = new TestAuthority();
        var node = Load(_authority.Issue("node"));
        var stranger = Load(foreign.Issue("stranger"));
        Assert.Equal("it shows no certificate", node.Refusal(null, TestAuthority.Now));
        Assert.Equal("its certificate is from another authority", node.Refusal(stranger.Certificate, TestAuthority.Now));
        Assert.Contains("expired at", node.Refusal(node.Certificate, TestAuthority.Now.AddDays(31)), StringComparison.Ordinal);
        Assert.Contains("not valid before", node.Refusal(node.Certificate, TestAuthority.Now.AddDays(-3)), StringComparison.Ordinal);
    }

    [Fact]
    public void A_certificate_that_the_authority_of_the_same_name_did_not_sign_is_foreign()
    {
        using var impostor = new TestAuthority("test authority");
        var node = Load(_authority.Issue("node"));
        Assert.NotNull(node.Refusal(Load(impostor.Issue("peer")).Certificate, TestAuthority.Now));
    }

    [Fact]
    public void An_authority_that_the_system_trusts_is_foreign_too()
    {
        using var store = new X509Store(StoreName.Root, StoreLocation.LocalMachine, OpenFlags.ReadOnly);
        var node = Load(_authority.Issue("node"));
        foreach (var trusted in store.Certificates.Where(certificate => certificate.NotAfter > DateTime.Now).Take(3))
            Assert.NotNull(node.Refusal(trusted, TestAuthority.Now));
    }

    [Theory]
    [InlineData(TestAuthority.Server)]
    [InlineData(TestAuthority.Client)]
    public void A_node_is_server_and_client_both(string only) =>
        AssertBad(_authority.Issue("half", usages: [only]), "not for server and client authentication both");

    [Fact]
    public void A_certificate_may_sign() =>
        AssertBad(_authority.Issue("mute", keyUsage: X509KeyUsageFlags.KeyEncipherment), "no digital signature");

    [Fact]
    public void A_file_that_is_not_there_or_cannot_be_read_is_named()
    {
        var good = _authority.Issue("node");
        AssertBad(good with { Certificate = good.Certificate + "x" }, $"--tls-cert {good.Certificate}x: there is no such file");
        AssertBad(good with { Key = "/nowhere/key.pem" }, "--tls-key /nowhere/key.pem: there is no such file");
        AssertBad(good with { Authority = Path.GetTempPath() }, $"--tls-ca {Path.GetTempPath()}: it cannot be read");
    }

    [Fact]
    public void A_file_that_is_not_PEM_is_named()
    {
        var good = _authority.Issue("node");
        var text = _authority.Write("text", "hello");
        var broken = _authority.Write("broken", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n");
        foreach (var file in new[] { text, broken })
        {
            AssertBad(good with { Certificate = file }, $"--tls-cert {file}: no PEM certificate in it");
            AssertBad(good with { Authority = file }, $"--tls-ca {file}: no PEM certificate in it");
        }
        AssertBad(good with { Key = text }, $"--tls-key {text}: no PEM private key in it");
        AssertBad(good with { Certificate = good.Key }, $"--tls-cert {good.Key}: no PEM certificate in it");
    }

    [Fact]
    public void A_key_that_does_not_fit_or_is_encrypted_is_named()
    {
        var good = _authority.Issue("node");
        var other = _authority.Issue("other");
        AssertBad(good with { Key = other.Key }, $"--tls-key {other.Key}: not the key of the certificate in {good.Certificate}");
        using var rsa = RSA.Create(2048);
        var ofAnotherKind = _authority.Write("rsa.key", rsa.ExportPkcs8PrivateKeyPem());
        AssertBad(good with { Key = ofAnotherKind }, "not the key of the certificate");
        var encrypted = _authority.Write("encrypted.key", rsa.ExportEncryptedPkcs8PrivateKeyPem("secret", new PbeParameters(PbeEncryptionAlgorithm.Aes256Cbc, HashAlgorithmName.SHA256, 1000)));
        AssertBad(good with { Key = encrypted }, $"--tls-key {encrypted}: the key is encrypted");
    }

    [Fact]
    public void A_certificate_that_no_peer_would_accept_is_refused_at_start()
    {
        using var foreign = new TestAuthority();
        AssertBad(_authority.Issue("old", days: -1), "expired at");
        AssertBad(_authority.Issue("node") with { Authority = foreign.File }, "from another authority");
    }

    [Fact]
    public void Listening_in_the_open_takes_TLS_or_consent()
    {
        var outside = new HostAndPort("10.0.0.1", 4053);
        var loopback = new HostAndPort("127.0.0.1", 0);
        var files = _authority.Issue("node");
        Assert.Null(WireSecurity.For(loopback, null, insecure: false, TestAuthority.Now).Warning);
        Assert.NotNull(WireSecurity.For(outside, files, insecure: false, TestAuthority.Now).Certificate);
        Assert.Contains("--insecure", WireSecurity.For(outside, null, insecure: true, TestAuthority.Now).Warning, StringComparison.Ordinal);
        Assert.Throws<WireSecurityException>(() => WireSecurity.For(outside, null, insecure: false, TestAuthority.Now));
        Assert.Throws<WireSecurityException>(() => WireSecurity.For(outside, files, insecure: true, TestAuthority.Now));
    }

    private static NodeCertificate Load(TlsFiles files) => NodeCertificate.Load(files, TestAuthority.Now);

    private static void AssertBad(TlsFiles files, string problem) =>
        Assert.Contains(problem, Assert.Throws<WireSecurityException>(() => Load(files)).Message, StringComparison.Ordinal);
}
