using System.Net;
using System.Text.Json;
using ChatStream.Web.Tests.Infrastructure;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using NUnit.Framework;

namespace ChatStream.Web.Tests.Integration.Tools;

/// <summary>Tools that change something ask first.</summary>
internal sealed class ConsentTests : ToolTest
{
    private static readonly (string, string) Write = ("faulty_write", """{"words":"x"}""");

    [Test]
    public async Task A_call_waits_for_its_user_while_others_run_and_is_made_once_it_is_allowed()
    {
        ModelCalls("Both", Write, ("calculator", """{"expression":"1"}"""));
        await using var stream = await User.StreamAsync(Ask("Both"), Token);
        var asked = await stream.UntilAsync(frame => frame is { Event: "tool" } && StateOf(frame) == "asked");
        await stream.UntilAsync(frame => frame is { Event: "tool" } && StateOf(frame) == "done");
        var callId = CallIdOf(asked);
        Assert.That(Calls, Is.Empty);

        // A second reader is asked, too; another user is not told that there is anything.
        await using var second = await User.AttachAsync(stream.GenerationId, cancellationToken: Token);
        await second.UntilAsync(frame => frame is { Event: "tool" } && StateOf(frame) == "asked");
        using var other = App.NewUser();
        await other.IdentifyAsync();
        Assert.That((await DecideAsync(other, stream.GenerationId, callId, new { decision = "allow" })).StatusCode,
            Is.EqualTo(HttpStatusCode.NotFound));
        await RefusedAsync(HttpStatusCode.NotFound, "callId", stream.GenerationId, "AAAAAAAAAAAAAAAA",
            new { decision = "allow" });
        await RefusedAsync(HttpStatusCode.BadRequest, "decision", stream.GenerationId, callId, new { decision = "perhaps" });
        await RefusedAsync(HttpStatusCode.BadRequest, "remember", stream.GenerationId, callId,
            new { decision = "deny", remember = "conversation" });
        using var foreign = new HttpRequestMessage(HttpMethod.Post, $"/chat/stream/{stream.GenerationId}/tools/{callId}")
        {
            Content = new StringContent("""{"decision":"allow"}""", null, "application/json"),
            Headers = { { "Sec-Fetch-Site", "cross-site" } },
        };
        Assert.That((await User.Http.SendAsync(foreign)).StatusCode, Is.EqualTo(HttpStatusCode.Forbidden));
        Assert.That(Calls, Is.Empty);

        Assert.That((await DecideAsync(User, stream.GenerationId, callId, new { decision = "allow" })).StatusCode,
            Is.EqualTo(HttpStatusCode.NoContent));
        await stream.ToEndAsync();

        Assert.That(stream.Frames.Where(frame => frame.Event == "tool" && CallIdOf(frame) == callId).Select(StateOf),
            Is.EqualTo(new[] { "asked", "running", "done" }));
        Assert.That(stream.Text, Is.EqualTo("It says written: x and 1."));
        Assert.That(Calls, Has.Count.EqualTo(1));
        // The same again is one decision; another one comes too late.
        Assert.That((await DecideAsync(User, stream.GenerationId, callId, new { decision = "allow" })).StatusCode,
            Is.EqualTo(HttpStatusCode.NoContent));
        await RefusedAsync(HttpStatusCode.Conflict, "decision", stream.GenerationId, callId, new { decision = "deny" });
        await RefusedAsync(HttpStatusCode.Conflict, "callId", stream.GenerationId,
            CallIdOf(stream.Frames.First(frame => frame.Event == "tool" && StateOf(frame) == "done")), new { decision = "deny" });
        Assert.That(Calls, Has.Count.EqualTo(1));
    }

    [Test]
    public async Task A_denied_call_is_not_made_and_one_that_is_remembered_is_not_asked_for_again()
    {
        ModelCalls("Write", Write);
        await using var denied = await User.StreamAsync(Ask("Write"), Token);
        var deniedCall = CallIdOf(await denied.UntilEventAsync("tool"));
        await DecideAsync(User, denied.GenerationId, deniedCall, new { decision = "deny" });
        await denied.ToEndAsync();
        Assert.That(StateOf(denied.Frames.Last(frame => frame.Event == "tool")), Is.EqualTo("denied"));
        Assert.That(denied.Text, Is.EqualTo("It says The user has denied the call. It was not made.."));
        Assert.That(Calls, Is.Empty);

        await using var allowed = await User.StreamAsync(Ask("Write", conversationId: denied.ConversationId), Token);
        var allowedCall = CallIdOf(await allowed.UntilEventAsync("tool"));
        await DecideAsync(User, allowed.GenerationId, allowedCall, new { decision = "allow", remember = "conversation" });
        await allowed.ToEndAsync();
        await using var third = await (await User.StreamAsync(
            Ask("Write", "responses", conversationId: denied.ConversationId), Token)).ToEndAsync();
        Assert.That(third.Frames.Where(frame => frame.Event == "tool").Select(StateOf), Is.EqualTo(new[] { "running", "done" }));
        Assert.That(Calls, Has.Count.EqualTo(2));

        await using var elsewhere = await User.StreamAsync(Ask("Write"), Token);
        Assert.That(StateOf(await elsewhere.UntilEventAsync("tool")), Is.EqualTo("asked"), "in another conversation");
        (await User.StopAsync(elsewhere.GenerationId)).EnsureSuccessStatusCode();
        await elsewhere.ToEndAsync();
        var call = (await User.FindAsync(elsewhere.GenerationId)).GetProperty("tools")[0];
        await RefusedAsync(HttpStatusCode.Conflict, "callId", elsewhere.GenerationId, call.GetProperty("callId").GetString()!,
            new { decision = "allow" });
    }

    [Test]
    public async Task A_decision_that_is_remembered_answers_the_other_open_questions_of_the_tool()
    {
        ModelCalls("Write thrice", Write, ("faulty_die", "{}"), Write);
        await using var stream = await User.StreamAsync(Ask("Write thrice"), Token);
        var first = await stream.UntilEventAsync("tool");
        for (var i = 0; i < 2; i++)
            await stream.UntilEventAsync("tool");

        await DecideAsync(User, stream.GenerationId, CallIdOf(first), new { decision = "allow", remember = "conversation" });
        for (var done = 0; done < 2; done++)
            await stream.UntilAsync(frame => frame is { Event: "tool" } && StateOf(frame) == "done");

        Assert.That(Calls, Is.EqualTo(new[] { """write {"words":"x"}""", """write {"words":"x"}""" }));
        var tools = (await User.FindAsync(stream.GenerationId)).GetProperty("tools");
        Assert.That(tools[1].GetProperty("state").GetString(), Is.EqualTo("asked"), "another tool");
        (await User.StopAsync(stream.GenerationId)).EnsureSuccessStatusCode();
    }

    [Test]
    public async Task A_question_that_nobody_answers_is_a_denial_after_a_while()
    {
        var time = new FakeTimeProvider(DateTimeOffset.UnixEpoch.AddYears(60));
        await using var app = await ChatApp.StartAsync(Emulator, setup =>
        {
            foreach (var (key, value) in SettingsFor(Emulator.Endpoint, CallsFile))
                setup.Settings[key] = value;
            setup.Settings["Tools:AskFor"] = "00:05:00";
            setup.Services = services => services.AddSingleton<TimeProvider>(time);
        });
        await ConnectedAsync(app, Servers);
        using var user = app.NewUser();
        ModelCalls("Write late", Write);
        await using var stream = await user.StreamAsync(Ask("Write late"), Token);
        var asked = await stream.UntilEventAsync("tool");

        time.Advance(TimeSpan.FromMinutes(4));
        Assert.That((await user.FindAsync(stream.GenerationId)).GetProperty("tools")[0].GetProperty("state").GetString(),
            Is.EqualTo("asked"));
        time.Advance(TimeSpan.FromMinutes(2));
        await stream.UntilAsync(frame => frame is { Event: "tool" } && StateOf(frame) == "denied");
        await stream.ToEndAsync();

        Assert.That(Calls, Is.Empty);
        Assert.That(stream.Text, Is.EqualTo("It says Nobody answered in time whether the call may be made. It was not made.."));
        Assert.That((await DecideAsync(user, stream.GenerationId, CallIdOf(asked), new { decision = "allow" })).StatusCode,
            Is.EqualTo(HttpStatusCode.Conflict));
    }

    private static string StateOf(Frame frame) => frame.Json.GetProperty("state").GetString()!;

    private async Task RefusedAsync(HttpStatusCode status, string field, string id, string callId, object decision)
    {
        using var response = await DecideAsync(User, id, callId, decision);
        var problem = JsonDocument.Parse(await response.Content.ReadAsStringAsync()).RootElement;
        Assert.That(response.StatusCode, Is.EqualTo(status), problem.ToString());
        Assert.That(problem.GetProperty("errors").TryGetProperty(field, out _), problem.ToString());
    }
}
