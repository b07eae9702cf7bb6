using ChatStream.Emulator;
using ChatStream.Web.Tests.Infrastructure;
using NUnit.Framework;

namespace ChatStream.Web.Tests.Integration.Tools;

/// <summary>DeepSeek's later models refuse an answer with calls that comes back without its reasoning.</summary>
internal sealed class ReturnedReasoningTests : ToolTest
{
    protected override IReadOnlyList<string> Servers => [];

    protected override void Configure(ChatApp.Setup setup)
    {
        base.Configure(setup);
        setup.Settings["Models:2:Name"] = "thinker";
        setup.Settings["Models:2:Tools"] = "true";
        setup.Settings["Models:2:Deployments:0:Endpoint"] = Emulator.Endpoint.ToString();
        setup.Settings["Models:2:Deployments:0:Deployment"] = "DeepSeek-V4";
        setup.Settings["Models:2:Deployments:0:ApiKey"] = "emulator-key";
    }

    [Test]
    public async Task Each_round_goes_back_with_its_reasoning_after_one_refusal()
    {
        Model("Twice", request => RoundsIn(request) switch
        {
            0 => Thinking("First."),
            1 => Thinking("Second."),
            _ => Said(request),
        });

        await using var stream = await (await User.StreamAsync(Ask("Twice", "thinker"), Token)).ToEndAsync();
        await using var next = await (await User.StreamAsync(
            Ask("Thanks", "thinker", stream.ConversationId), Token)).ToEndAsync();

        Assert.That((stream.Text, stream.Frames[^2].Data), Is.EqualTo(("It says 2.", """{"reason":"completed"}""")));
        Assert.That(next.Frames[^2].Data, Is.EqualTo("""{"reason":"completed"}"""));
        var sent = new List<string>();
        for (var i = 0; i < Asked; i++)
            sent.Add(string.Join(' ', ReturnedIn(await AskedAsync(i))));
        Assert.That(
            sent, Is.EqualTo(new[] { "", "none", "First.", "First. Second.", "empty empty" }), "a stored answer has none");
    }

    private static int RoundsIn(EmulatedRequest request) => ReturnedIn(request).Count();

    private static IEnumerable<string> ReturnedIn(EmulatedRequest request) =>
        from message in request.Json.GetProperty("messages").EnumerateArray()
        where message.TryGetProperty("tool_calls", out _)
        let thought = message.TryGetProperty("reasoning_content", out var text) ? text.GetString() : null
        select thought switch { null => "none", "" => "empty", _ => thought };

    private static Script Thinking(string thought) => Script.Start().Reasoning(thought)
        .ToolCall(0, """{"expression":"1+1"}""", "call_0", "calculator").Finish("tool_calls").Usage(10, 5).Done();
}
