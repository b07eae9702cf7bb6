using System.Net;
using System.Text.Json;
using ChatStream.Web.Tests.Infrastructure;
using NUnit.Framework;

namespace ChatStream.Web.Tests.Integration.SignIn;

/// <summary>Groups and roles as a proxy's header, a provider and a key tell them, and the models that they open.</summary>
internal sealed class HeaderRightsTests : AppTest
{
    protected override void Configure(ChatApp.Setup setup)
    {
        setup.Settings["SignIn:Kind"] = "Header";
        setup.Settings["SignIn:Header:From:0"] = "127.0.0.0/8";
        setup.Settings["SignIn:Header:From:1"] = "::1";
        setup.Settings["Models:0:Name"] = "deep";
        setup.Settings["Models:0:Groups:0"] = "research";
        setup.Settings["Models:0:Deployments:0:Endpoint"] = Emulator.Endpoint.ToString();
        setup.Settings["Models:0:Deployments:0:Deployment"] = "deep";
        setup.Settings["Models:0:Deployments:0:ApiKey"] = "emulator-key";
        setup.Settings["Api:Keys:0:Name"] = "job";
        setup.Settings["Api:Keys:0:Key"] = "a-key-of-the-tests";
        setup.Settings["Api:Keys:1:Name"] = "lab";
        setup.Settings["Api:Keys:1:Key"] = "a-key-of-the-research";
        setup.Settings["Api:Keys:1:Groups:0"] = "research";
    }

    [TestCase("staff, Research", new[] { "gpt-4o", "deep" })]
    [TestCase("staff", new[] { "gpt-4o" })]
    [TestCase("", new[] { "gpt-4o" })]
    public async Task A_model_is_shown_to_its_groups_only(string groups, string[] models)
    {
        using var list = await SendAsync(new HttpRequestMessage(HttpMethod.Get, "/models"), groups);
        using var page = await SendAsync(new HttpRequestMessage(HttpMethod.Get, "/"), groups);

        using var body = JsonDocument.Parse(await list.Content.ReadAsStringAsync(Token));
        Assert.That(
            body.RootElement.GetProperty("models").EnumerateArray().Select(model => model.GetProperty("name").GetString()),
            Is.EqualTo(models));
        Assert.That(list.Headers.CacheControl!.NoStore, Is.True, "it differs from user to user");
        Assert.That((await page.Content.ReadAsStringAsync(Token)).Contains("deep", StringComparison.Ordinal),
            Is.EqualTo(models.Length > 1));
    }

    [TestCase("/chat/stream")]
    [TestCase("/chat")]
    public async Task To_others_the_model_is_unknown(string path)
    {
        using var request = path == "/chat" ? Form("deep") : Start("deep");
        using var refused = await SendAsync(request, "staff");
        var told = await refused.Content.ReadAsStringAsync(Token);

        Assert.That(refused.StatusCode, Is.EqualTo(HttpStatusCode.BadRequest));
        Assert.That(told, path == "/chat" ? Does.Contain("There is no such model.") : Does.Contain("\"unknown_model\""));
        Assert.That(Asked, Is.Zero);
    }

    [Test]
    public async Task The_group_may_use_it()
    {
        using var answer = await SendAsync(Start("deep"), "research");

        Assert.That(answer.StatusCode, Is.EqualTo(HttpStatusCode.OK));
        Assert.That((await AskedAsync()).Deployment, Is.EqualTo("deep"));
    }

    [TestCase("a-key-of-the-research", HttpStatusCode.OK)]
    [TestCase("a-key-of-the-tests", HttpStatusCode.BadRequest)]
    public async Task A_key_may_be_in_groups(string key, HttpStatusCode expected)
    {
        using var request = Start("deep");
        request.Headers.Authorization = new("Bearer", key);
        using var answer = await User.Http.SendAsync(request, Token);

        Assert.That(answer.StatusCode, Is.EqualTo(expected));
    }

    [Test]
    public async Task Where_all_models_are_for_others_the_page_says_so()
    {
        await using var app = await ChatApp.StartAsync(setup =>
        {
            Configure(setup);
            setup.Settings["Models:0:Groups:0"] = "research";
        });
        using var user = app.NewUser();
        using var page = await SendAsync(
            new HttpRequestMessage(HttpMethod.Get, "/") { Headers = { { "Accept", "text/html" } } }, "staff", user);
        using var start = await SendAsync(Start(model: null), "staff", user);
        using var own = await SendAsync(Start(model: null), "research", user);

        Assert.That(page.StatusCode, Is.EqualTo(HttpStatusCode.Forbidden));
        Assert.That(await page.Content.ReadAsStringAsync(Token), Does.Contain("No model is open to you"));
        Assert.That(start.StatusCode, Is.EqualTo(HttpStatusCode.Forbidden));
        Assert.That(await start.Content.ReadAsStringAsync(Token), Does.Contain("\"no_model\""));
        Assert.That(own.StatusCode, Is.EqualTo(HttpStatusCode.OK), "the first that is open is the default one");
    }

    private static HttpRequestMessage Start(string? model) =>
        ChatClient.Post(new { message = "Hello", model }, "application/json");

    private static HttpRequestMessage Form(string model) => new(HttpMethod.Post, "/chat")
    {
        Content = new FormUrlEncodedContent([new("message", "Hello"), new("model", model)]),
        Headers = { { "Accept", "text/html" } },
    };

    private Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, string groups, ChatClient? user = null)
    {
        request.Headers.Add("X-Forwarded-User", "u1");
        request.Headers.Add("X-Forwarded-Groups", groups);
        return (user ?? User).Http.SendAsync(request, Token);
    }
}
