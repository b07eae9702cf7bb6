using ChatStream.Emulator;
using ChatStream.Web.Answers.Running;
using ChatStream.Web.Tests.Infrastructure;
using Microsoft.Extensions.DependencyInjection;
using NUnit.Framework;

namespace ChatStream.Web.Tests.Integration.Conversations;

internal sealed class DeleteRunningTests(DatabaseKind kind) : ConversationsTest(kind)
{
    protected override void Configure(ChatApp.Setup setup)
    {
        base.Configure(setup);
        setup.Services = HeldDatabase.AddTo;
    }

    [Test]
    public async Task A_deletion_ends_running_answers_and_cancels_the_model()
    {
        Answers("Hi", Script.Start().Text("so far").Stall());
        await using var stream = await User.StartAsync("Hi");
        await stream.UntilTextAsync("so far");

        var deleted = await SendAsync(HttpMethod.Delete, $"/conversations/{stream.ConversationId}");

        Assert.That(deleted.Status, Is.EqualTo(204));
        await stream.ToEndAsync();
        Assert.That(stream.Frames[^2].Data, Is.EqualTo("""{"reason":"stopped"}"""));
        Assert.That((await (await AskedAsync()).Ended.WaitAsync(Token)).Outcome, Is.EqualTo(RequestOutcome.ClientClosed));
        Assert.That((await GetAsync("/conversations")).Body, Is.EqualTo("""{"conversations":[]}"""));
    }

    [Test]
    public async Task A_deleted_answer_is_not_served_from_memory()
    {
        await using var stream = await (await User.StartAsync("Hi")).ToEndAsync();
        await SendAsync(HttpMethod.Delete, $"/conversations/{stream.ConversationId}");

        Assert.That((await GetAsync($"/chat/stream/{stream.GenerationId}")).Status, Is.EqualTo(404));
    }

    [Test]
    public async Task A_repeat_after_the_deletion_starts_nothing()
    {
        using var first = await User.Http.SendAsync(ChatClient.Post(new { message = "Hi" }, "application/json", "key-1"), Token);
        var id = System.Text.Json.JsonDocument.Parse(await first.Content.ReadAsStringAsync(Token))
            .RootElement.GetProperty("conversationId").GetString();
        await SendAsync(HttpMethod.Delete, $"/conversations/{id}");

        using var again = await User.Http.SendAsync(ChatClient.Post(new { message = "Hi" }, "application/json", "key-1"), Token);

        Assert.That((int)again.StatusCode, Is.EqualTo(410));
        Assert.That(await again.Content.ReadAsStringAsync(Token), Does.Contain("\"code\":\"gone\"").And.Not.Contain(id!));
        Assert.That(Asked, Is.EqualTo(1));
    }

    [Test]
    public async Task A_deletion_also_ends_an_answer_that_is_just_beginning()
    {
        Answers("Next", Script.Start().Text("so far").Stall());
        var talk = await TalkAsync("First");
        var gate = new Gate();
        App.Services.GetRequiredService<HeldDatabase>().Hold = gate;
        using var request = ChatClient.Post(new { message = "Next", conversationId = talk.ConversationId });
        var starting = User.StreamAsync(request, Token);
        await gate.Reached.WaitAsync(Token);

        var deleting = SendAsync(HttpMethod.Delete, $"/conversations/{talk.ConversationId}");
        while ((await GetAsync("/conversations")).Body.Contains(talk.ConversationId, StringComparison.Ordinal))
            await Task.Yield();
        gate.Open();

        Assert.That((await deleting).Status, Is.EqualTo(204));
        await using var stream = await (await starting).ToEndAsync();
        Assert.That(stream.Frames[^2].Data, Is.EqualTo("""{"reason":"stopped"}"""));
        Assert.That(App.Services.GetRequiredService<GenerationRegistry>().Running, Is.Empty);
    }
}
