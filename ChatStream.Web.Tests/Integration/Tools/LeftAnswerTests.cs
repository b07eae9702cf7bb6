using System.Net;
using System.Text.Json;
using ChatStream.Web.Answers.Running;
using ChatStream.Web.Tests.Infrastructure;
using Microsoft.Extensions.DependencyInjection;
using NUnit.Framework;

namespace ChatStream.Web.Tests.Integration.Tools;

/// <summary>While the app stops, an answer with an open question is left for another process.</summary>
internal sealed class LeftAnswerTests : ToolTest
{
    private GenerationRegistry Registry => App.Services.GetRequiredService<GenerationRegistry>();

    [Test]
    public async Task The_conversation_is_shown_as_it_is_stored()
    {
        await using var stream = await AskedAsync();
        Generation(stream).TryLeave();
        await stream.ToEndAsync();

        using var page = await User.Http.GetAsync($"/chat/{stream.ConversationId}", Token);
        var (tree, body) = await User.JsonAsync(
            new HttpRequestMessage(HttpMethod.Get, $"/conversations/{stream.ConversationId}"));

        Assert.That((page.StatusCode, tree.StatusCode), Is.EqualTo((HttpStatusCode.OK, HttpStatusCode.OK)));
        Assert.That(await page.Content.ReadAsStringAsync(Token), Does.Contain("Write it"));
        Assert.That(body.GetRawText(), Does.Contain("faulty_write"));
        await RefusedAsync(User.StopAsync(stream.GenerationId));
    }

    private async Task<EventStream> AskedAsync()
    {
        ModelCalls("Write it", ("faulty_write", """{"words":"x"}"""));
        var stream = await User.StreamAsync(Ask("Write it"), Token);
        await stream.UntilEventAsync("tool");
        return stream;
    }

    private Generation Generation(EventStream stream) =>
        Registry.Running.Single(generation => generation.Id == stream.GenerationId);

    private static async Task RefusedAsync(Task<HttpResponseMessage> asked)
    {
        using var response = await asked;
        var problem = JsonDocument.Parse(await response.Content.ReadAsStringAsync(Token)).RootElement;
        Assert.That(((int)response.StatusCode, problem.GetProperty("code").GetString()), Is.EqualTo((503, "server_stopping")));
    }
}
