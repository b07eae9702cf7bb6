using System.Text;
using System.Text.Json;
using ChatStream.Emulator;
using ChatStream.Web.Tests.Infrastructure;
using NUnit.Framework;

namespace ChatStream.Web.Tests.Integration;

/// <summary>What an answer cost, at the price that its model had then.</summary>
internal sealed class CostTests : AppTest
{
    private ChatApp.Setup _setup = null!;

    protected override void Configure(ChatApp.Setup setup)
    {
        _setup = setup;
        setup.Settings["AzureOpenAI:Price:Currency"] = "USD";
        setup.Settings["AzureOpenAI:Price:Input"] = "2.50";
        setup.Settings["AzureOpenAI:Price:CachedInput"] = "1.25";
        setup.Settings["AzureOpenAI:Price:Output"] = "10";
        foreach (var (i, name) in new[] { "odd", "free", "unpriced" }.Index())
        {
            setup.Settings[$"Models:{i}:Name"] = name;
            setup.Settings[$"Models:{i}:Deployments:0:Endpoint"] = Emulator.Endpoint.ToString();
            setup.Settings[$"Models:{i}:Deployments:0:Deployment"] = name;
            setup.Settings[$"Models:{i}:Deployments:0:ApiKey"] = "emulator-key";
        }
        // In binary fractions, neither of these prices is exact.
        setup.Settings["Models:0:Price:Currency"] = "EUR";
        setup.Settings["Models:0:Price:Input"] = "0.0375";
        setup.Settings["Models:0:Price:Output"] = "0.1";
        setup.Settings["Models:1:Price:Currency"] = "USD";
        setup.Settings["Models:1:Price:Input"] = "0";
        setup.Settings["Models:1:Price:Output"] = "0";
    }

    [TestCase("gpt-4o", """{"prompt_tokens":1000,"completion_tokens":200,"completion_tokens_details":{"reasoning_tokens":150}}""",
        """{"inputTokens":1000,"outputTokens":200,"reasoningTokens":150,"cost":{"amount":0.0045,"currency":"USD"}}""")]
    [TestCase("gpt-4o", """{"prompt_tokens":2000,"completion_tokens":0,"prompt_tokens_details":{"cached_tokens":1024}}""",
        """{"inputTokens":2000,"outputTokens":0,"cachedTokens":1024,"cost":{"amount":0.00372,"currency":"USD"}}""")]
    [TestCase("gpt-4o", """{"prompt_tokens":10,"completion_tokens":0,"prompt_tokens_details":{"cached_tokens":99}}""",
        """{"inputTokens":10,"outputTokens":0,"cachedTokens":99,"cost":{"amount":0.0000125,"currency":"USD"}}""")]
    [TestCase("odd", """{"prompt_tokens":1,"completion_tokens":3,"prompt_tokens_details":{"cached_tokens":1}}""",
        """{"inputTokens":1,"outputTokens":3,"cachedTokens":1,"cost":{"amount":0.000000338,"currency":"EUR"}}""")]
    [TestCase("free", """{"prompt_tokens":10,"completion_tokens":3}""",
        """{"inputTokens":10,"outputTokens":3,"cost":{"amount":0,"currency":"USD"}}""")]
    [TestCase("unpriced", """{"prompt_tokens":10,"completion_tokens":3}""", """{"inputTokens":10,"outputTokens":3}""")]
    public async Task The_price_gives_the_cost(string model, string usage, string expected)
    {
        Answers("Hi", Script.Start().Text("Hello").Finish("stop").Event($$"""{"choices":[],"usage":{{usage}}}""").Done());

        await using var stream = await User.StreamAsync(ChatClient.Post(new { message = "Hi", model }), Token);

        var frame = await stream.UntilEventAsync("usage");
        await stream.ToEndAsync();
        Assert.That(frame.Data, Is.EqualTo(expected));
        Assert.That((await User.FindAsync(stream.GenerationId)).GetProperty("usage").GetRawText(), Is.EqualTo(expected));
    }

    [Test]
    public async Task An_estimate_has_a_cost_too()
    {
        Answers("Hi", Script.Start().Text("Hello").Finish("stop").Done());

        var usage = (await User.AskAsync("Hi")).GetProperty("usage");

        var (input, output) = (usage.GetProperty("inputTokens").GetInt32(), usage.GetProperty("outputTokens").GetInt32());
        Assert.That(usage.GetProperty("cost").GetProperty("amount").GetDecimal(),
            Is.EqualTo(((input * 2.50m) + (output * 10m)) / 1_000_000));
    }

    [Test]
    public async Task A_later_price_does_not_change_what_an_answer_cost()
    {
        Answers("Hi", Script.Start().Text("Hello").Finish("stop").Usage(1000, 200).Done());
        var before = await User.AskAsync("Hi");
        var id = before.GetProperty("conversationId").GetString()!;

        JsonElement after;
        string stored;
        _setup.Settings["AzureOpenAI:Price:Output"] = "20";
        try
        {
            await RestartAsync();
            after = await User.AskAsync("Hi", id);
            stored = (await User.FindAsync(before.GetProperty("messageId").GetString()!)).GetProperty("usage").GetRawText();
        }
        finally
        {
            _setup.Settings["AzureOpenAI:Price:Output"] = "10";
            await RestartAsync();
        }

        Assert.That(stored, Is.EqualTo(
            """{"inputTokens":1000,"outputTokens":200,"reasoningTokens":0,"cost":{"amount":0.0045,"currency":"USD"}}"""));
        Assert.That(after.GetProperty("usage").GetRawText(), Is.EqualTo(
            """{"inputTokens":1000,"outputTokens":200,"reasoningTokens":0,"cost":{"amount":0.0065,"currency":"USD"}}"""));
    }

    [Test]
    public async Task The_page_shows_the_cost_and_an_import_keeps_it()
    {
        Answers("Hi", Script.Start().Text("Hello").Finish("stop").Usage(1000, 200).Done());
        var id = (await User.AskAsync("Hi")).GetProperty("conversationId").GetString();

        var page = await User.Http.GetStringAsync(new Uri($"/chat/{id}", UriKind.Relative), Token);
        var export = await User.Http.GetStringAsync(new Uri($"/conversations/{id}/export?format=json", UriKind.Relative), Token);
        using var imported = await ImportAsync(export);

        Assert.That(page, Does.Contain("class=\"cost\">0.0045 USD</dd>"));
        Assert.That(await imported.Content.ReadAsStringAsync(Token), Does.Contain("""
            "cost":{"amount":0.0045,"currency":"USD"}
            """.Trim()));
    }

    [TestCase("""{"amount":-1,"currency":"USD"}""")]
    [TestCase("""{"amount":1000000001,"currency":"USD"}""")]
    [TestCase("""{"amount":1,"currency":"<b>"}""")]
    [TestCase("""{"amount":1}""")]
    public async Task An_import_with_an_impossible_cost_is_refused(string cost)
    {
        Answers("Hi", Script.Start().Text("Hello").Finish("stop").Usage(1000, 200).Done());
        var id = (await User.AskAsync("Hi")).GetProperty("conversationId").GetString();
        var export = await User.Http.GetStringAsync(new Uri($"/conversations/{id}/export?format=json", UriKind.Relative), Token);

        using var response = await ImportAsync(export.Replace(
            """{"amount":0.0045,"currency":"USD"}""", cost, StringComparison.Ordinal));

        var problem = JsonDocument.Parse(await response.Content.ReadAsStringAsync(Token)).RootElement;
        Assert.That((int)response.StatusCode, Is.EqualTo(400));
        Assert.That(problem.GetProperty("errors").EnumerateObject().Single().Name, Is.EqualTo("messages[1].usage.cost"));
    }

    private Task<HttpResponseMessage> ImportAsync(string tree) => User.Http.PostAsync(
        "/conversations/import", new StringContent(tree, Encoding.UTF8, "application/json"), Token);
}
