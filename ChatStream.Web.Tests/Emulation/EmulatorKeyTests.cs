using System.Net;
using ChatStream.Emulator;
using NUnit.Framework;

namespace ChatStream.Web.Tests.Emulation;

internal sealed class EmulatorKeyTests : EmulatorTest
{
    protected override EmulatorOptions Options(TimeProvider time) => new() { ApiKey = "K" };

    [TestCase("api-key", "K", HttpStatusCode.OK)]
    [TestCase("Authorization", "Bearer K", HttpStatusCode.OK)]
    [TestCase("api-key", "other", HttpStatusCode.Unauthorized)]
    [TestCase("Authorization", "Bearer other", HttpStatusCode.Unauthorized)]
    [TestCase("X-Other", "K", HttpStatusCode.Unauthorized)]
    public async Task If_a_key_is_set_each_request_needs_it(string header, string value, HttpStatusCode status)
    {
        Client.DefaultRequestHeaders.Add(header, value);

        using var response = await PostAsync(Asking("Hello"));

        Assert.That(response.StatusCode, Is.EqualTo(status));
    }
}
