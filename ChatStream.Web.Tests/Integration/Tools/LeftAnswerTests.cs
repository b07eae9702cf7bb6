using System.Net;
using System.Text.Json;
using ChatStream.Web.Answers.Running;
using ChatStream.Web.Contract;
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

    [Test]
    public async Task A_stop_and_a_decision_that_come_while_it_is_left_are_for_the_next_process()
    {
        await using var stream = await AskedAsync();
        var running = Generation(stream);
        // The same answer, run by nobody: the test leaves it in two steps.
        using var generation = new Generation(
            running.Id, running.Owner, System.Buffers.MemoryPool<byte>.Shared, TimeProvider.System, mayCall: true);
        generation.Begin(running.Start);
        var call = running.Tools[0] with { State = ToolState.Asked };
        generation.Tell([call], generation.Before([call]), tokens: 0);
        Registry.Add(generation);
        Assert.That(generation.TryLeave());

        var stopping = App.Services.GetRequiredService<AnswerStopper>().StopAsync(running.Owner, running.Id, Token);
        var deciding = App.Services.GetRequiredService<ToolDecider>().DecideAsync(
            running.Owner, running.Id, call.Id, new ToolDecision { Decision = ToolVerdict.Allow }, Token);
        var finding = Registry.Find(running.Owner, running.Id);
        Registry.Leave(generation);

        Assert.That(finding, Is.SameAs(generation));
        Assert.That(async () => await stopping, Throws.TypeOf<RefusedException>().With.Property("Refusal")
            .Property("Code").EqualTo("server_stopping"));
        Assert.That(async () => await deciding, Throws.TypeOf<RefusedException>().With.Property("Refusal")
            .Property("Code").EqualTo("server_stopping"));
        running.TryEnd(FinishReason.Stopped);
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
