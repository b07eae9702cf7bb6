using ChatStream.Web.Tests.Infrastructure;
using NUnit.Framework;

namespace ChatStream.Web.Tests;

/// <summary>The browser is started by the first test that needs it and ends with the last.</summary>
[SetUpFixture]
internal sealed class ChromiumStop
{
    [OneTimeTearDown]
    public Task StopAsync() => Chromium.StopAsync();
}
