using ChatStream.Web.Providers.ChatCompletions;
using NUnit.Framework;

namespace ChatStream.Web.Tests.Providers.ChatCompletions;

/// <summary>A request's body is kept no longer than it is needed.</summary>
[CancelAfter(10_000)]
internal sealed class BodyReleaseTests
{
    [TestCase(200, true)]
    [TestCase(429, false)]
    public async Task It_is_let_go_of_once_the_answer_has_begun(int status, bool isGone)
    {
        using var service = new HttpMessageInvoker(new BodyRelease(ScriptedService.Answering(status, "application/json", "{}")));
        using var request = new HttpRequestMessage(HttpMethod.Post, "https://model.example.com/") { Content = new StringContent("long") };

        using var response = await service.SendAsync(request, TestContext.CurrentContext.CancellationToken);

        Assert.That(request.Content is null, Is.EqualTo(isGone));
        Assert.That((int)response.StatusCode, Is.EqualTo(status));
    }
}
