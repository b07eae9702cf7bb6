using System.Text.Json;
using ChatStream.Web.Tests.Infrastructure;
using NUnit.Framework;

namespace ChatStream.Web.Tests.Integration;

/// <summary>Several models, one of them with another protocol: the named one answers.</summary>
internal sealed class ModelTests : AppTest
{
    protected override void Configure(ChatApp.Setup setup)
    {
        var settings = new Dictionary<string, string>
        {
            ["Models:0:Name"] = "mini",
            ["Models:0:Label"] = "Small & quick",
            ["Models:0:Description"] = "For short questions",
            ["Models:0:ContextTokens"] = "128000",
            ["Models:0:Images"] = "true",
            ["Models:0:Tools"] = "true",
            ["Models:0:Verbosity"] = "true",
            ["Models:0:Efforts:0"] = "minimal",
            ["Models:0:Efforts:1"] = "high",
            ["Models:0:Deployments:0:Endpoint"] = Emulator.Endpoint.ToString(),
            ["Models:0:Deployments:0:Deployment"] = "gpt-4o-mini-eu",
            ["Models:0:Deployments:0:ApiKey"] = "mini-key",
            ["Models:0:Deployments:0:ApiVersion"] = "2025-04-01-preview",
            ["Models:1:Name"] = "local",
            ["Models:1:Deployments:0:Kind"] = "openai",
            ["Models:1:Deployments:0:Endpoint"] = new Uri(Emulator.Endpoint, "/v1").ToString(),
            ["Models:1:Deployments:0:Deployment"] = "llama",
        };
        foreach (var (key, value) in settings)
            setup.Settings[key] = value;
    }

    [Test]
    public async Task The_list_has_exactly_this_text()
    {
        using var response = await User.Http.GetAsync(new Uri("/models", UriKind.Relative), Token);

        Assert.That(response.Content.Headers.ContentType!.ToString(), Is.EqualTo("application/json; charset=utf-8"));
        Assert.That(await response.Content.ReadAsStringAsync(Token), Is.EqualTo(
            """{"models":[{"name":"gpt-4o","label":"gpt-4o","default":true,"images":true},{"name":"mini","label":"Small & quick","description":"For short questions","contextTokens":128000,"images":true,"tools":true,"efforts":["minimal","high"],"verbosity":true},{"name":"local","label":"local"}],"demo":false,"presets":[{"name":"precise","label":"Precise","labels":{"de":"Genau","zh":"精确"},"description":"Short and exact answers, without guesses.","verbosity":"low"},{"name":"creative","label":"Creative","labels":{"de":"Kreativ","zh":"创意"},"description":"More ideas, in freer words."}]}"""));
    }

    [TestCase("mini", "mini")]
    [TestCase("MINI", "mini")]
    [TestCase("Small%20%26%20quick", "gpt-4o")]
    [TestCase(null, "gpt-4o")]
    public async Task A_new_chat_begins_with_the_model_that_was_chosen_last(string? remembered, string chosen)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/");
        if (remembered is not null)
            request.Headers.Add("Cookie", $"chatstream.model={remembered}");
        using var response = await User.Http.SendAsync(request, Token);

        Assert.That(
            await response.Content.ReadAsStringAsync(Token), Does.Contain($"<option value=\"{chosen}\" selected=\"selected\""));
    }

    [Test]
    public async Task The_figures_of_an_answer_have_the_label_of_its_model()
    {
        var (_, answer) = await User.JsonAsync(ChatClient.Post(new { message = "Hello", model = "mini" }, "application/json"));
        var path = $"/chat/{answer.GetProperty("conversationId").GetString()}";
        using var response = await User.Http.GetAsync(new Uri(path, UriKind.Relative), Token);

        Assert.That(
            await response.Content.ReadAsStringAsync(Token), Does.Contain("<dd class=\"model\">Small &amp; quick</dd>"));
    }

    [Test]
    public async Task A_conversation_stays_with_its_model_until_another_is_named()
    {
        var first = await SayAsync(new { message = "One", model = "mini" });
        var conversationId = first.GetProperty("conversationId").GetString();
        var messageId = first.GetProperty("messageId").GetString();
        var tree = await User.JsonAsync(new HttpRequestMessage(HttpMethod.Get, $"/conversations/{conversationId}"));
        var question = tree.Body.GetProperty("messages")[0].GetProperty("id").GetString();
        await SayAsync(new { message = "Two", conversationId, model = "local" });

        Assert.That(ModelOf(await SayAsync(new { message = "Three", conversationId })), Is.EqualTo("local"));
        Assert.That(
            ModelOf(await SayAsync(new { message = "Other", parentId = messageId })), Is.EqualTo("mini"), "that it follows");
        Assert.That(ModelOf(await SayAsync(new { parentId = question })), Is.EqualTo("mini"), "that was shown last");
        Assert.That(ModelOf(await SayAsync(new { message = "Four", conversationId, model = "gpt-4o" })), Is.EqualTo("gpt-4o"));
        Assert.That(ModelOf(await SayAsync(new { message = "New" })), Is.EqualTo("gpt-4o"));

        static string? ModelOf(JsonElement answer) => answer.GetProperty("model").GetString();
    }

    private async Task<JsonElement> SayAsync(object start) =>
        (await User.JsonAsync(ChatClient.Post(start, "application/json"))).Body;

    [TestCase(null, "gpt-4o", "/openai/v1/chat/completions", null, "gpt-4o", "emulator-key")]
    [TestCase("gpt-4o", "gpt-4o", "/openai/v1/chat/completions", null, "gpt-4o", "emulator-key")]
    [
        TestCase(
            "mini", "mini", "/openai/deployments/gpt-4o-mini-eu/chat/completions", "2025-04-01-preview", "gpt-4o-mini-eu",
            "mini-key")]
    [
        TestCase(
            "MINI", "mini", "/openai/deployments/gpt-4o-mini-eu/chat/completions", "2025-04-01-preview", "gpt-4o-mini-eu",
            "mini-key")]
    [TestCase("local", "local", "/v1/chat/completions", null, "llama", null)]
    public async Task The_model_that_is_named_answers(
        string? model, string name, string path, string? apiVersion, string deployment, string? key)
    {
        await using var stream = await (await User.StreamAsync(ChatClient.Post(new { message = "Hello", model }), Token))
            .ToEndAsync();

        var request = await AskedAsync();
        Assert.Multiple(() =>
        {
            Assert.That(stream.Frames[0].Json.GetProperty("model").GetString(), Is.EqualTo(name));
            Assert.That(stream.Text, Is.EqualTo("Hello"));
            Assert.That(request.Path, Is.EqualTo(path));
            Assert.That(request.Query.GetValueOrDefault("api-version"), Is.EqualTo(apiVersion));
            Assert.That(request.Deployment, Is.EqualTo(deployment));
            Assert.That(request.Headers.GetValueOrDefault("api-key"), Is.EqualTo(key));
        });
    }

    [Test]
    public async Task A_get_names_its_model_too()
    {
        await using var stream =
            await (await User.StreamAsync(new(HttpMethod.Get, "/chat/stream?message=Hello&model=mini"), Token)).ToEndAsync();

        Assert.That((await AskedAsync()).Deployment, Is.EqualTo("gpt-4o-mini-eu"));
    }

    [TestCase("/health/live")]
    [TestCase("/health/ready")]
    public async Task A_health_check_is_healthy_and_sets_no_identity_cookie(string path)
    {
        using var response = await User.Http.GetAsync(new Uri(path, UriKind.Relative), Token);

        Assert.That((int)response.StatusCode, Is.EqualTo(200));
        Assert.That(await response.Content.ReadAsStringAsync(Token), Is.EqualTo("Healthy"));
        Assert.That(response.Headers.Contains("Set-Cookie"), Is.False);
    }
}
