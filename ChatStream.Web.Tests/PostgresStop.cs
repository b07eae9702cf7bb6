using ChatStream.Web.Tests.Infrastructure;
using NUnit.Framework;

namespace ChatStream.Web.Tests;

/// <summary>The PostgreSQL server is started by the first test that needs it and ends with the last.</summary>
[SetUpFixture]
internal sealed class PostgresStop
{
    [OneTimeTearDown]
    public Task StopAsync() => PostgresServer.StopAsync();
}
