using System.Globalization;
using System.Net.Http.Headers;
using System.Text.Json;
using ChatStream.Emulator;
using ChatStream.Web.Tests.Infrastructure;
using NUnit.Framework;

namespace ChatStream.Web.Tests.Integration;

/// <summary>What a user's own answers used, as JSON and as a page.</summary>
internal sealed class UsagePageTests : AppTest
{
    private const string Hostile = "</title></svg><script>alert('1')</script>\"&";

    protected override void Configure(ChatApp.Setup setup)
    {
        setup.Settings["AzureOpenAI:Price:Currency"] = "USD";
        setup.Settings["AzureOpenAI:Price:Input"] = "2.5";
        setup.Settings["AzureOpenAI:Price:Output"] = "10";
        setup.Settings["Models:0:Name"] = Hostile;
        setup.Settings["Models:0:Deployments:0:Endpoint"] = Emulator.Endpoint.ToString();
        setup.Settings["Models:0:Deployments:0:Deployment"] = "odd";
        setup.Settings["Models:0:Deployments:0:ApiKey"] = "emulator-key";
    }

    [Test]
    public async Task Json_has_all_numbers()
    {
        Answers("Hi", Script.Start().Text("Hello").Finish("stop").Usage(1000, 200, 150).Done());
        Answers("Wait", AzureErrors.RateLimited(TimeSpan.FromSeconds(1)));
        await User.AskAsync("Hi");
        await User.AskAsync("Wait");

        var (response, body) = await User.JsonAsync(Get("/usage?days=7"));

        var day = body.GetProperty("to").GetString()!;
        var first = DateOnly.ParseExact(day, "yyyy-MM-dd", CultureInfo.InvariantCulture).AddDays(-6)
            .ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
        var figures = """
            {"answers":2,"inputTokens":1000,"cachedTokens":0,"outputTokens":200,"reasoningTokens":150,"estimated":0,
            "costs":[{"amount":0.0045,"currency":"USD"}],"unpriced":0,"ends":{"completed":1,"failed":1},
            "failures":{"rate_limited":1},"firstWord":TIMES}
            """.ReplaceLineEndings("").Replace("TIMES", Times(body), StringComparison.Ordinal);
        Assert.That((int)response.StatusCode, Is.EqualTo(200));
        Assert.That(response.Headers.CacheControl!.NoStore);
        Assert.That(body.GetRawText(), Is.EqualTo(
            $$"""{"from":"{{first}}","to":"{{day}}","total":{{figures}}"""
            + $$""","models":[{"model":"gpt-4o","figures":{{figures}}}],"days":[{"day":"{{day}}","figures":{{figures}}}]}"""));
    }

    [Test]
    public async Task Another_user_sees_none_of_it_and_a_deletion_changes_nothing()
    {
        Answers("Hi", Script.Start().Text("Hello").Finish("stop").Usage(1000, 200).Done());
        var id = (await User.AskAsync("Hi")).GetProperty("conversationId").GetString();
        using var other = App.NewUser();

        using var deleted = await User.Http.DeleteAsync(new Uri($"/conversations/{id}", UriKind.Relative), Token);

        Assert.That((await AnswersOfAsync(User), await AnswersOfAsync(other)), Is.EqualTo((1, 0)));
    }

    [Test]
    public async Task A_page_says_the_same_and_a_head_has_its_headers()
    {
        Answers("Hi", Script.Start().Text("Hello").Finish("stop").Usage(1234, 200).Done());
        await User.AskAsync("Hi");

        using var head = await User.Http.SendAsync(new HttpRequestMessage(HttpMethod.Head, "/usage"), Token);
        using var page = await User.Http.SendAsync(Get("/usage", "text/html"), Token);
        var html = await page.Content.ReadAsStringAsync(Token);

        foreach (var response in new[] { head, page })
        {
            Assert.That((int)response.StatusCode, Is.EqualTo(200));
            Assert.That(response.Content.Headers.ContentType!.ToString(), Is.EqualTo("text/html; charset=utf-8"));
            Assert.That(response.Headers.CacheControl!.ToString(), Is.EqualTo("no-store"));
            Assert.That(response.Headers.GetValues("Content-Security-Policy").Single(), Does.Not.Contain("unsafe-inline"));
        }
        Assert.That(await head.Content.ReadAsStringAsync(Token), Is.Empty);
        Assert.That(html, Does.Contain("<td>1,234</td>").And.Contain("<td>0.0051 USD</td>").And.Contain("midnight UTC"));
        Assert.That(html, Does.Not.Contain(" style=").And.Not.Contain("<style"));
    }

    [Test]
    public async Task The_name_of_a_model_is_text_in_pictures_and_tables()
    {
        Answers("Hi", Script.Start().Text("Hello").Finish("stop").Usage(10, 2).Done());
        await User.JsonAsync(ChatClient.Post(new { message = "Hi", model = Hostile }, accept: "application/json"));

        var html = await (await User.Http.SendAsync(Get("/usage", "text/html"), Token)).Content.ReadAsStringAsync(Token);
        var (_, json) = await User.JsonAsync(Get("/usage"));

        Assert.That(html, Does.Not.Contain("<script>alert").And.Not.Contain("</svg><script"));
        Assert.That(html, Does.Contain(
            "<bdi>&lt;/title&gt;&lt;/svg&gt;&lt;script&gt;alert(&#x27;1&#x27;)&lt;/script&gt;&quot;&amp;</bdi>"));
        Assert.That(json.GetProperty("models")[0].GetProperty("model").GetString(), Is.EqualTo(Hostile));
    }

    [TestCase("0")]
    [TestCase("31")]
    [TestCase("")]
    [TestCase("7,7")]
    [TestCase("<b>")]
    public async Task A_range_that_there_is_not_is_refused(string days)
    {
        var (response, problem) = await User.JsonAsync(Get($"/usage?days={Uri.EscapeDataString(days)}"));

        Assert.That((int)response.StatusCode, Is.EqualTo(400));
        Assert.That(problem.GetProperty("errors").GetProperty("days")[0].GetString(), Is.EqualTo("days is 7 or 30 or 90."));
    }

    [TestCase(null, 200, "text/html")]
    [TestCase("*/*", 200, "text/html")]
    [TestCase("application/*", 200, "application/json")]
    [TestCase("text/html;q=0, */*;q=0.1", 200, "application/json")]
    [TestCase("application/json, text/html;q=0.9", 200, "application/json")]
    [TestCase("application/json;q=0.5, text/html", 200, "text/html")]
    [TestCase("text/event-stream", 406, "application/problem+json")]
    public async Task Accept_chooses_the_shape(string? accept, int status, string type)
    {
        using var response = await User.Http.SendAsync(Get("/usage", accept), Token);

        Assert.That((int)response.StatusCode, Is.EqualTo(status));
        Assert.That(response.Content.Headers.ContentType!.MediaType, Is.EqualTo(type));
    }

    private async Task<int> AnswersOfAsync(ChatClient user) =>
        (await user.JsonAsync(Get("/usage"))).Body.GetProperty("total").GetProperty("answers").GetInt32();

    private static string Times(JsonElement body) => body.GetProperty("total").GetProperty("firstWord").GetRawText();

    private static HttpRequestMessage Get(string path, string? accept = "application/json")
    {
        var request = new HttpRequestMessage(HttpMethod.Get, path);
        foreach (var type in accept?.Split(", ") ?? [])
            request.Headers.Accept.Add(MediaTypeWithQualityHeaderValue.Parse(type));
        return request;
    }
}
