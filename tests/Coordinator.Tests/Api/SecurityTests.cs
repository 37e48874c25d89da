using System.Net;
using System.Net.Http.Headers;
using System.Text;
using Sweep.Coordinator.Tests.Trials;

namespace Sweep.Coordinator.Tests.Api;

public sealed class SecurityTests
{
    private const string Stop = "/api/v1/sweeps/test/stop";

    [Theory]
    [InlineData("evil.example", null, HttpStatusCode.MisdirectedRequest)]
    [InlineData(null, "https://evil.example", HttpStatusCode.Forbidden)]
    [InlineData(null, "null", HttpStatusCode.Forbidden)]
    public async Task A_page_from_elsewhere_changes_nothing_on_loopback(string? host, string? origin, HttpStatusCode status)
    {
        await using var served = await ServedSweep.StartAsync(new TestSweep());
        var request = new HttpRequestMessage(HttpMethod.Post, Stop);
        request.Headers.Host = host;
        if (origin is not null) request.Headers.Add("Origin", origin);
        Assert.Equal(status, (await served.Client.SendAsync(request)).StatusCode);
    }

    [Fact]
    public async Task Another_hosts_name_reads_nothing_on_loopback()
    {
        await using var served = await ServedSweep.StartAsync(new TestSweep());
        var request = new HttpRequestMessage(HttpMethod.Get, "/api/v1/sweeps");
        request.Headers.Host = "evil.example";
        Assert.Equal(HttpStatusCode.MisdirectedRequest, (await served.Client.SendAsync(request)).StatusCode);
    }

    [Fact]
    public async Task A_body_that_a_form_could_send_is_refused()
    {
        await using var served = await ServedSweep.StartAsync(new TestSweep());
        using var body = new StringContent("{\"trials\": 5}", Encoding.UTF8, "text/plain");
        Assert.Equal(HttpStatusCode.UnsupportedMediaType, (await served.Client.PostAsync(Stop, body)).StatusCode);
    }

    [Fact]
    public async Task Where_there_is_a_token_reading_is_free_and_changing_takes_it()
    {
        await using var served = await ServedSweep.StartAsync(new TestSweep(), token: "0123456789abcdef");
        Assert.Equal(HttpStatusCode.OK, (await served.Client.GetAsync("/api/v1/sweeps")).StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, (await served.Client.PostAsync(Stop, null)).StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, await PostWithAsync(served, "0123456789abcdee"));
        Assert.NotEqual(HttpStatusCode.Unauthorized, await PostWithAsync(served, "0123456789abcdef"));
    }

    private static async Task<HttpStatusCode> PostWithAsync(ServedSweep served, string token)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, Stop);
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        return (await served.Client.SendAsync(request)).StatusCode;
    }
}
