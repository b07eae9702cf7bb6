using ChatStream.Web.Tests.Infrastructure;
using NUnit.Framework;

namespace ChatStream.Web.Tests;

/// <summary>Prism is started by the first exchange that it judges and ends with the last.</summary>
[SetUpFixture]
internal sealed class PrismStop
{
    [OneTimeTearDown]
    public Task StopAsync() => PrismJudge.StopAsync();
}
