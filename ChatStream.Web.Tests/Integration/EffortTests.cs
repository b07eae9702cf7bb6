using System.Text.Json;
using ChatStream.Emulator;
using ChatStream.Web.Tests.Infrastructure;
using NUnit.Framework;

namespace ChatStream.Web.Tests.Integration;

/// <summary>The effort that a start asks for, and what is kept of an answer's origin.</summary>
internal sealed class EffortTests : AppTest
{
    protected override void Configure(ChatApp.Setup setup)
    {
        setup.Settings["Models:0:Name"] = "deep";
        setup.Settings["Models:0:Efforts:0"] = "minimal";
        setup.Settings["Models:0:Efforts:1"] = "max";
        foreach (var (i, name) in new[] { "east", "west" }.Index())
        {
            setup.Settings[$"Models:0:Deployments:{i}:Name"] = name;
            setup.Settings[$"Models:0:Deployments:{i}:Endpoint"] = Emulator.Endpoint.ToString();
            setup.Settings[$"Models:0:Deployments:{i}:Deployment"] = $"deep-{name}";
            setup.Settings[$"Models:0:Deployments:{i}:ApiKey"] = "emulator-key";
        }
        Emulator.On(request => request is { Deployment: "deep-east", LastUserMessage: "Fail over" }
            ? AzureErrors.ServiceUnavailable() : null);
    }

    [TestCase("minimal")]
    [TestCase("max")]
    [TestCase(null)]
    public async Task The_model_gets_the_effort(string? effort)
    {
        var (response, _) = await User.JsonAsync(Post("deep", effort));

        Assert.That((int)response.StatusCode, Is.EqualTo(200));
        var sent = (await AskedAsync()).Json;
        Assert.That(sent.TryGetProperty("reasoning_effort", out var value) ? value.GetString() : null, Is.EqualTo(effort));
    }

    [TestCase("deep", "low", "This model does not take that effort. It takes minimal, max.")]
    [TestCase("deep", "Max", "This model does not take that effort. It takes minimal, max.")]
    [TestCase("deep", "", "This model does not take that effort. It takes minimal, max.")]
    [TestCase("gpt-4o", "low", "This model takes no effort.")]
    [TestCase(null, "low", "This model takes no effort.")]
    public async Task An_effort_that_the_model_does_not_take_is_refused(string? model, string effort, string detail)
    {
        var (response, problem) = await User.JsonAsync(Post(model, effort));

        Assert.That((int)response.StatusCode, Is.EqualTo(400));
        Assert.That(problem.GetProperty("code").GetString(), Is.EqualTo("unknown_effort"));
        Assert.That(problem.GetProperty("errors").GetProperty("effort")[0].GetString(), Is.EqualTo(detail));
        Assert.That(Asked, Is.Zero);
    }

    [Test]
    public async Task A_repeat_with_another_effort_is_another_request()
    {
        await User.JsonAsync(Post("deep", "max", key: "one"));
        var (same, _) = await User.JsonAsync(Post("deep", "max", key: "one"));
        var (other, _) = await User.JsonAsync(Post("deep", "minimal", key: "one"));
        var (none, _) = await User.JsonAsync(Post("deep", effort: null, key: "one"));

        Assert.That(
            new[] { same, other, none }.Select(response => (int)response.StatusCode), Is.EqualTo(new[] { 200, 422, 422 }));
        Assert.That(Asked, Is.EqualTo(1));
    }

    [Test]
    public async Task The_effort_is_kept_with_the_conversation()
    {
        var conversation = await AskAsync("Hello", "max");
        Assert.That((await AnswerAsync(conversation)).GetProperty("effort").GetString(), Is.EqualTo("max"));

        var page = await PageAsync(conversation);
        Assert.That(page, Does.Contain("<option value=\"deep\" selected=\"selected\""));
        Assert.That(page, Does.Contain("<option value=\"max\" selected=\"selected\">maximum</option>"));
        Assert.That(
            await User.Http.GetStringAsync("/", Token), Does.Match("<select id=\"effort\"[^>]*disabled=\"disabled\">"),
            "the default model takes none");
    }

    [Test]
    public async Task The_form_sends_the_effort_too()
    {
        using var form = new FormUrlEncodedContent(
            [new("message", "Hello"), new("model", "deep"), new("effort", "minimal"), new("formKey", "key")]);
        using var sent = await User.Http.PostAsync(new Uri("/chat", UriKind.Relative), form, Token);

        Assert.That((int)sent.StatusCode, Is.EqualTo(303));
        Assert.That((await AskedAsync()).Json.GetProperty("reasoning_effort").GetString(), Is.EqualTo("minimal"));
    }

    [TestCase("Hello", "east")]
    [TestCase("Fail over", "west")]
    public async Task An_answer_keeps_the_deployment_and_the_model_that_answered(string message, string deployment)
    {
        var conversation = await AskAsync(message, effort: null);
        var answer = await AnswerAsync(conversation);

        Assert.That(
            (answer.GetProperty("deployment").GetString(), answer.GetProperty("answeredModel").GetString()),
            Is.EqualTo((deployment, "gpt-4o-2024-11-20")));
        Assert.That(await PageAsync(conversation), Does.Contain(
            $"class=\"answered-by\">gpt-4o-2024-11-20, {deployment}</dd>"));
    }

    private static HttpRequestMessage Post(string? model, string? effort, string message = "Hello", string? key = null) =>
        ChatClient.Post(new { message, model, effort }, "application/json", key);

    /// <summary>The id of the conversation.</summary>
    private async Task<string> AskAsync(string message, string? effort) =>
        (await User.JsonAsync(Post("deep", effort, message))).Body.GetProperty("conversationId").GetString()!;

    private async Task<JsonElement> AnswerAsync(string conversation)
    {
        var (_, tree) = await User.JsonAsync(new HttpRequestMessage(HttpMethod.Get, $"/conversations/{conversation}"));
        return tree.GetProperty("messages").EnumerateArray()
            .Single(message => message.GetProperty("role").ValueEquals("assistant"));
    }

    private Task<string> PageAsync(string conversation) => User.Http.GetStringAsync($"/chat/{conversation}", Token);
}
