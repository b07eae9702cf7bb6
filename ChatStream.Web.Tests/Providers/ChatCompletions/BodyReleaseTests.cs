using ChatStream.Web.Providers.Deployments;
using NUnit.Framework;

namespace ChatStream.Web.Tests.Providers.ChatCompletions;

/// <summary>A request's body does not stay in memory while the answer streams.</summary>
[CancelAfter(10_000)]
internal sealed class BodyReleaseTests
{
    [TestCase(200, true)]
    [TestCase(429, false)]
    public async Task A_successful_response_drops_the_body_of_its_request(int status, bool isGone)
    {
        using var service = new HttpMessageInvoker(new BodyRelease(ScriptedService.Answering(status, "application/json", "{}")));
        using var request = new HttpRequestMessage(HttpMethod.Post, "https://model.example.com/");
        request.Content = new StringContent("long");

        using var response = await service.SendAsync(request, TestContext.CurrentContext.CancellationToken);

        Assert.That(request.Content is null, Is.EqualTo(isGone));
        Assert.That((int)response.StatusCode, Is.EqualTo(status));
    }
}
