using System.Text.Json;
using ChatStream.Web.Tests.Infrastructure;
using NUnit.Framework;

namespace ChatStream.Web.Tests.Integration.Tools;

/// <summary>Tool servers that hang, die, flood and lie harm nobody.</summary>
internal sealed class FaultyToolTests : ToolTest
{
    private const string Unknown = "It is not known whether the call was made.";

    private const string Unreadable = "The tool's server sent a result that cannot be read. It may have made the call.";

    protected override void Configure(ChatApp.Setup setup)
    {
        base.Configure(setup);
        setup.Settings["Tools:CallFor"] = "00:00:06";
        setup.Settings["Tools:ResultBytes"] = "1024";
        setup.Settings["Tools:CallsPerDay"] = "3";
        setup.Settings["Tools:McpServers:faulty:Tools:die:Consent"] = "Never";
        setup.Settings["Tools:McpServers:faulty:Tools:wait:Consent"] = "Never";
        setup.Settings["Tools:McpServers:liar:Command"] = RealParts.NodeWithPackages;
        setup.Settings["Tools:McpServers:liar:Arguments:0"] = setup.Settings["Tools:McpServers:faulty:Arguments:0"];
        setup.Settings["Tools:McpServers:liar:Environment:LIES"] = "1";
        setup.Settings["Tools:McpServers:gone:Command"] = "/no/such/program";
        setup.Settings["Tools:McpServers:dead:Url"] = "http://127.0.0.1:9/mcp";
    }

    [TestCase("hang", "failed", "The tool gave no result within 6 seconds. " + Unknown, 1)]
    [TestCase("die", "failed", "The connection to the tool's server broke. " + Unknown, 1)]
    [TestCase("die-once", "done", "alive again", 2)]
    [TestCase("flood", "failed", "The connection to the tool's server broke. " + Unknown, 2)]
    [TestCase("lie", "failed", Unreadable, 1)]
    [TestCase("refuse", "failed", "The disk is full.", 1)]
    public async Task A_fault_is_told_and_the_next_call_works(string tool, string state, string result, int made)
    {
        ModelCalls(tool, ($"faulty_{tool}", "{}"));
        ModelCalls("Then", ("faulty_read", """{"words":"well"}"""));
        // What is in use, without what other fixtures have left behind.
        var before = GC.GetTotalMemory(forceFullCollection: true);

        await using var stream = await (await User.StreamAsync(Ask(tool), Token)).ToEndAsync();
        await ConnectedAsync(App, Servers);
        await using var next = await (await User.StreamAsync(Ask("Then"), Token)).ToEndAsync();

        var last = stream.Frames.Last(frame => frame.Event == "tool").Json;
        Assert.That((last.GetProperty("state").GetString(), last.GetProperty("result").GetString()), Is.EqualTo((state, result)));
        Assert.That(stream.Frames[^2].Data, Is.EqualTo("""{"reason":"completed"}"""));
        Assert.That(Calls.Count(call => call.StartsWith($"{tool} ", StringComparison.Ordinal)), Is.EqualTo(made));
        Assert.That(next.Text, Is.EqualTo("It says read: well."));
        // What is in use for good, and not what other fixtures use for a moment.
        while (GC.GetTotalMemory(forceFullCollection: true) - before > 200_000_000)
            await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System, Token);
    }

    [TestCase("""
        "result":{"content":[{"type":"text","text":"the answer is 42"},{"type":"hologram"}]}
        """, "done", "the answer is 42\n[hologram: it was left out]")]
    [TestCase("""
        "result":{"content":[{"type":"text"},{"type":"text","text":7},5,null,{"text":"x"},{"type":"text","text":"kept"}]}
        """, "done", "[text: it was left out]\n[text: it was left out]\n[content of an unknown type: it was left out]\n"
            + "[content of an unknown type: it was left out]\n[content of an unknown type: it was left out]\nkept")]
    [TestCase("""
        "result":{"content":[{"type":"text","text":"half \ud83d pair \ude00 and \ud83d\ude00"}],"\udc00":1}
        """, "done", "half \uFFFD pair \uFFFD and 😀")]
    [TestCase("""
        "result":{"content":[{"type":"resource","resource":{"uri":1}},{"type":"image","data":1}],"isError":"yes"}
        """, "done", "[resource: it was left out]\n[image: it was left out]")]
    [TestCase("""
        "result":{"content":null,"structuredContent":{"a":"\ud83d"}}
        """, "done", "{\"a\":\"\uFFFD\"}")]
    [TestCase("""
        "result":[]
        """, "failed", Unreadable)]
    [TestCase("""
        "result":{"content":{"type":"text","text":"x"}}
        """, "failed", Unreadable)]
    [TestCase("""
        "result":{"resultType":"input_required"}
        """, "failed", Unreadable)]
    [TestCase("""
        "result":{"resultType":5,"content":[]}
        """, "failed", Unreadable)]
    [TestCase("""
        "error":{"code":-32000,"message":"half \ud83d pair"}
        """, "failed", "Request failed (remote): half \uFFFD pair")]
    public async Task An_odd_result_is_read_as_far_as_it_can_be_and_harms_no_other_call(string rest, string state, string result)
    {
        ModelCalls("Odd", ("faulty_wait", "{}"), ("faulty_raw", JsonSerializer.Serialize(new { words = rest.Trim() })));

        await using var stream = await (await User.StreamAsync(Ask("Odd"), Token)).ToEndAsync();

        var calls = (await User.FindAsync(stream.GenerationId)).GetProperty("tools");
        Assert.That((calls[1].GetProperty("state").GetString(), calls[1].GetProperty("result").GetString()),
            Is.EqualTo((state, result)));
        Assert.That(calls[0].GetProperty("result").GetString(), Is.EqualTo("waited"));
        Assert.That(Calls.Select(call => call.Split(' ')[0]), Is.EquivalentTo(new[] { "wait", "raw" }), "each is made once");
    }

    // On a busy host its time is over before it has said too much.
    [Test]
    public async Task A_server_that_talks_without_end_is_broken_off()
    {
        ModelCalls("Chatter", ("faulty_chatter", "{}"));
        ModelCalls("Then", ("faulty_read", """{"words":"well"}"""));

        await using var stream = await (await User.StreamAsync(Ask("Chatter"), Token)).ToEndAsync();
        await ConnectedAsync(App, Servers);
        await using var next = await (await User.StreamAsync(Ask("Then"), Token)).ToEndAsync();

        var last = stream.Frames.Last(frame => frame.Event == "tool").Json;
        Assert.That(last.GetProperty("result").GetString(), Does.EndWith(Unknown));
        Assert.That(next.Text, Is.EqualTo("It says read: well."));
    }

    [Test]
    public async Task Results_are_bounded_and_stay_text_and_a_server_gets_no_secret()
    {
        ModelCalls("Much", ("faulty_big", "{}"), ("faulty_markup", "{}"), ("faulty_environment", "{}"));

        await using var stream = await (await User.StreamAsync(Ask("Much"), Token)).ToEndAsync();

        var results = (await User.FindAsync(stream.GenerationId)).GetProperty("tools").EnumerateArray()
            .Select(call => call.GetProperty("result").GetString()!).ToList();
        Assert.That(results[0], Is.EqualTo(new string('ä', 512) + "\n[The result is longer. The rest was cut off.]"));
        Assert.That(results[1], Does.StartWith("<script>"));
        var page = await User.Http.GetStringAsync($"/chat/{stream.ConversationId}");
        Assert.That(page, Does.Contain("&lt;script&gt;document.title").And.Not.Contain("<script>document.title"));
        Assert.That(page, Does.Not.Contain("<img src=\"https://evil"));
        Assert.That(results[2].Split(' '), Does.Contain("CALLS").And.Contain("PATH").And.Not.Contain("Data__Path"));
        Assert.That(results[2], Does.Not.Contain("ASPNETCORE").And.Not.Contain("DOTNET_").IgnoreCase);
    }

    [Test]
    public async Task A_server_that_names_a_bad_tool_keeps_its_others()
    {
        await ConnectedAsync(App, ["liar"]);
        ModelCalls("Lies", ("liar_read", """{"words":"true"}"""), ("liar_bad-schema", "{}"));

        await using var stream = await (await User.StreamAsync(Ask("Lies"), Token)).ToEndAsync();

        Assert.That(stream.Text, Is.EqualTo("It says read: true and There is no such tool.."));
    }

    [Test]
    public async Task Arguments_that_are_not_taken_are_told_with_the_reason()
    {
        var deep = string.Concat(Enumerable.Repeat("""{"a":""", 100)) + "1" + new string('}', 100);
        ModelCalls("Much to say", ("calculator", $$"""{"expression":"{{new string('1', 66_000)}}"}"""), ("calculator", deep));

        await using var stream = await (await User.StreamAsync(Ask("Much to say"), Token)).ToEndAsync();

        Assert.That((await User.FindAsync(stream.GenerationId)).GetProperty("tools").EnumerateArray()
            .Select(call => call.GetProperty("result").GetString()), Is.EqualTo(new[]
            {
                "The arguments are longer than 65536 bytes. The call was not made.",
                "The arguments are nested more than 60 levels deep. The call was not made.",
            }));
    }

    [Test]
    public async Task A_user_has_so_many_calls_of_a_day_and_no_more()
    {
        ModelCalls("Four", [.. Enumerable.Repeat(("calculator", """{"expression":"1"}"""), 4)]);

        await using var stream = await (await User.StreamAsync(Ask("Four"), Token)).ToEndAsync();
        using var other = App.NewUser();
        await using var theirs = await (await other.StreamAsync(Ask("Four"), Token)).ToEndAsync();

        foreach (var each in new[] { stream, theirs })
        {
            var last = each.Frames.Where(frame => frame.Event == "tool").Select(frame => frame.Json)
                .Where(call => call.GetProperty("state").GetString() is "done" or "failed").ToList();
            Assert.That(last.Count(call => call.GetProperty("state").GetString() == "done"), Is.EqualTo(3));
            Assert.That(last.Single(call => call.GetProperty("state").GetString() == "failed").GetProperty("result").GetString(),
                Is.EqualTo("The user may make no more calls of tools today. The call was not made."));
        }
    }

    [Test]
    public async Task Stop_cancels_a_call_and_says_that_its_outcome_is_not_known()
    {
        ModelCalls("Hang on", ("faulty_hang", "{}"));
        await using var stream = await User.StreamAsync(Ask("Hang on"), Token);
        await stream.UntilEventAsync("tool");
        while (Calls.Count == 0)
            await Task.Yield();

        (await User.StopAsync(stream.GenerationId)).EnsureSuccessStatusCode();
        await stream.ToEndAsync();

        Assert.That(stream.Frames[^2].Data, Is.EqualTo("""{"reason":"stopped"}"""));
        while (!Calls.Any(line => line.StartsWith("cancelled", StringComparison.Ordinal)))
            await Task.Yield();
        await RestartAsync();
        var call = (await User.FindAsync(stream.GenerationId)).GetProperty("tools")[0];
        Assert.That(call.GetProperty("state").GetString(), Is.EqualTo("failed"));
        Assert.That(call.GetProperty("result").GetString(), Does.EndWith(Unknown));
    }
}
