using NUnit.Framework;

namespace ChatStream.Web.Tests.Tools.Mcp;

/// <summary>A bad entry in a server's list of tools takes no other tool away.</summary>
[CancelAfter(60_000)]
internal sealed class ServedToolsTests
{
    private const string Object = """{"type":"object"}""";

    [TestCase("""{"name":"bad"}""", "bad", "it has no inputSchema")]
    [TestCase("""{"name":"bad","inputSchema":null}""", "bad", "its inputSchema is not one of an object")]
    [TestCase("""{"name":"bad","inputSchema":{"type":"array"}}""", "bad", "its inputSchema is not one of an object")]
    [TestCase("""{"name":"bad","inputSchema":{}}""", "bad", "its inputSchema is not one of an object")]
    [TestCase("""{"name":"bad","inputSchema":"object"}""", "bad", "its inputSchema is not one of an object")]
    [TestCase("""{"name":"bad","inputSchema":{"type":"object","type":"object"}}""", "bad", "its inputSchema has a member twice")]
    [TestCase("""{"name":7,"inputSchema":{"type":"object"}}""", "number 1", "it has no name")]
    [TestCase("""{"name":"","inputSchema":{"type":"object"}}""", "number 1", "it has no name")]
    [TestCase("""{"inputSchema":{"type":"object"}}""", "number 1", "it has no name")]
    [TestCase("null", "number 1", "it has no name")]
    [TestCase("\"bad\"", "number 1", "it has no name")]
    [TestCase("""{"name":"b\u001bad\n","inputSchema":[]}""", "b?ad?", "its inputSchema is not one of an object")]
    public async Task A_bad_entry_is_left_out_and_the_log_says_why(
        string entry, string name, string fault, CancellationToken token)
    {
        await using var site = await McpSite.StartAsync();
        site.Tools = $$$"""[{{{entry}}},{"name":"good","inputSchema":{{{Object}}},"annotations":{"readOnlyHint":true}}]""";

        var tools = await site.Client.ToolsAsync(token);

        Assert.That(tools.Select(tool => (tool.Name, tool.Asks)), Is.EqualTo(new[] { ("site_good", false) }));
        Assert.That(site.Log.Lines.Select(line => line.Text), Is.EqualTo(new[]
        {
            $"The tool {name} of the tool server site is left out: {fault}.",
            "The tool server site is connected: 1 tools.",
        }));
    }

    [TestCase("""{"readOnlyHint":"true","idempotentHint":1}""")]
    [TestCase("\"readOnlyHint\"")]
    [TestCase("[]")]
    [TestCase("null")]
    public async Task A_wrong_hint_is_none_so_that_the_user_is_asked(string hints, CancellationToken token)
    {
        await using var site = await McpSite.StartAsync();
        site.Tools = $$$"""[{"name":"odd","description":5,"inputSchema":{{{Object}}},"annotations":{{{hints}}}}]""";

        var tool = (await site.Client.ToolsAsync(token)).Single();

        Assert.That((tool.Asks, tool.IsIdempotent, tool.Declaration.Description), Is.EqualTo((true, false, "")));
    }

    [Test]
    public async Task A_description_is_well_formed_text(CancellationToken token)
    {
        await using var site = await McpSite.StartAsync();
        var longest = new string('x', 1_023);
        site.Tools = $$$"""
            [{"name":"half","description":"a \ud800 b","inputSchema":{{{Object}}}},
            {"name":"long","description":"{{{longest}}}😀","inputSchema":{{{Object}}}}]
            """;

        var tools = await site.Client.ToolsAsync(token);

        Assert.That(tools.Select(tool => tool.Declaration.Description), Is.EqualTo(new[] { "a \uFFFD b", longest }));
    }

    [TestCase("5", "what it sends cannot be read (InvalidDataException)")]
    [TestCase("null", "what it sends cannot be read (InvalidDataException)")]
    public async Task What_is_no_list_is_told_as_that(string tools, string reason, CancellationToken token)
    {
        await using var site = await McpSite.StartAsync();
        site.Tools = tools;

        Assert.That(await site.Client.ToolsAsync(token), Is.Empty);

        Assert.That(site.Log.Lines.Single().Text, Is.EqualTo($"The tool server site cannot be used: {reason}."));
    }

    [Test]
    public async Task Tools_whose_names_would_be_equal_get_distinct_ones_whatever_their_order(CancellationToken token)
    {
        string[] served = ["a.b", "a_b", "a b", "日本", "中国", new('x', 80), new string('x', 80) + "y", "alone.", "b_c"];
        List<List<string>> seen = [];
        foreach (var names in new[] { served, [.. served.Reverse()] })
        {
            await using var site = await McpSite.StartAsync(name: "s", others: ["s_b", "t"]);
            var entries = names.Select(name => $$$"""{"name":"{{{name}}}","inputSchema":{"type":"object"}}""");
            site.Tools = $"[{string.Join(',', entries)}]";
            seen.Add([.. (await site.Client.ToolsAsync(token)).Select(tool => tool.Name).Order(StringComparer.Ordinal)]);
            Assert.That(site.Log.Lines.Single().Text, Does.EndWith("9 tools."));
        }

        Assert.That(seen[0], Is.Unique.And.All.Match("^[A-Za-z0-9_-]{1,64}$"));
        Assert.That(seen[0], Does.Contain("s_a_b").And.Contain("s_alone_").And.Not.Contain("s_b_c"));
        Assert.That(seen[1], Is.EqualTo(seen[0]));
    }

    [Test]
    public async Task A_tool_that_is_named_twice_is_the_first_one(CancellationToken token)
    {
        await using var site = await McpSite.StartAsync();
        site.Tools = $$$"""
            [{"name":"dup","inputSchema":{{{Object}}}},
            {"name":"dup","inputSchema":{{{Object}}},"annotations":{"readOnlyHint":true}}]
            """;

        Assert.That((await site.Client.ToolsAsync(token)).Single().Asks, Is.True);

        Assert.That(site.Log.Lines[0].Text,
            Is.EqualTo("The tool dup of the tool server site is left out: the server names it twice."));
    }
}
