using Npgsql;
using Sweep.Coordinator.Histories;

namespace Sweep.Coordinator.Tests.Histories;

public sealed class StoreAddressTests
{
    [Fact]
    public void An_address_becomes_a_connection_and_shows_no_password()
    {
        var address = StoreAddress.Parse("postgres://me:s%40cret@db.example:5433/sweeps?sslmode=verify-full", mayHoldPassword: true);
        var settings = new NpgsqlConnectionStringBuilder(address.ConnectionString);
        Assert.Equal(("db.example", 5433, "sweeps", "me", "s@cret"), (settings.Host, settings.Port, settings.Database, settings.Username, settings.Password));
        Assert.Equal(SslMode.VerifyFull, settings.SslMode);
        Assert.Equal("postgres://me@db.example:5433/sweeps?sslmode=verify-full", address.WithoutPassword);
        Assert.Equal(address.WithoutPassword, new PostgresStore(address).Name);
    }

    [Fact]
    public void A_unix_socket_is_a_host_that_is_a_folder() =>
        Assert.Equal("/run/postgresql", new NpgsqlConnectionStringBuilder(
            StoreAddress.Parse("postgres://me@localhost/sweeps?host=/run/postgresql", mayHoldPassword: false).ConnectionString).Host);

    [Fact]
    public void A_password_that_others_can_see_is_refused_and_not_repeated()
    {
        var refused = Assert.Throws<FormatException>(() => StoreAddress.Parse("postgres://me:secret@db/sweeps", mayHoldPassword: false));
        Assert.Contains(StoreAddress.PasswordFileVariable, refused.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("sweeps.db")]
    [InlineData("mysql://me@db/sweeps")]
    [InlineData("postgres://me@db")]
    [InlineData("postgres://me@db/sweeps?pooling=false")]
    [InlineData("postgres://me@db/sweeps?sslmode=perhaps")]
    public void What_is_no_address_is_refused(string text) =>
        Assert.Throws<FormatException>(() => StoreAddress.Parse(text, mayHoldPassword: true));
}
