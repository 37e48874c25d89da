using Xunit;

namespace Sweep.Tests.Postgres;

/// <summary>Shared by the tests of a class.</summary>
public sealed partial class PostgresServer : IAsyncLifetime;
