using System.Net;
using ChatStream.Emulator;
using NUnit.Framework;

namespace ChatStream.Web.Tests.Emulation;

internal sealed class EmulatorRequestTests : EmulatorTest
{
    [Test]
    public async Task A_request_is_kept_as_it_arrived()
    {
        Client.DefaultRequestHeaders.Add("X-Ms-Client-Request-Id", "abc");
        using var response = await PostAsync(Asking("Hello there", usage: true));

        var request = await Emulator.RequestAsync(0, Token);

        Assert.That(request.Path, Is.EqualTo("/openai/deployments/gpt-4o/chat/completions"));
        Assert.That(request.Deployment, Is.EqualTo("gpt-4o"));
        Assert.That(request.Query["api-version"], Is.EqualTo("2024-10-21"));
        Assert.That(request.Headers["x-ms-client-request-id"], Is.EqualTo("abc"));
        Assert.That(request.LastUserMessage, Is.EqualTo("Hello there"));
        Assert.That(request.IsStreaming && request.IncludesUsage);
        Assert.That(request.Json.GetProperty("messages").GetArrayLength(), Is.EqualTo(2));
        Assert.That(request.Body, Does.StartWith("{\"model\":\"gpt-4o\""));
    }

    [Test]
    public async Task Parts_of_a_message_are_read_as_one_text()
    {
        object[] parts = [new { type = "text", text = "one " }, new { type = "image_url" }, new { type = "text", text = "two" }];
        using var response = await PostAsync(new { messages = new[] { new { role = "user", content = parts } } });

        Assert.That(Emulator.Requests[0].LastUserMessage, Is.EqualTo("one two"));
    }

    [TestCase("openai/v1/chat/completions")]
    [TestCase("v1/chat/completions")]
    public async Task The_v1_surface_needs_no_version_and_takes_the_deployment_from_the_body(string path)
    {
        using var response = await PostAsync(Asking("Hello"), path);

        Assert.That(response.StatusCode, Is.EqualTo(HttpStatusCode.OK));
        Assert.That(Emulator.Requests[0].Deployment, Is.EqualTo("gpt-4o"));
    }

    [Test]
    public async Task A_test_can_wait_for_a_request_before_it_arrives()
    {
        var awaited = Emulator.RequestAsync(1, Token);
        using var first = await PostAsync(Asking("first"));
        Assert.That(awaited.IsCompleted, Is.False);

        using var second = await PostAsync(Asking("second"));

        Assert.That((await awaited).LastUserMessage, Is.EqualTo("second"));
    }

    [Test]
    public async Task Scripts_come_from_choosers_then_from_the_queue_then_by_default()
    {
        Emulator.Enqueue(Script.Answer("queued"));
        Emulator.Default = Script.Answer("default");
        Emulator.On(request => request.LastUserMessage == "mine" ? Script.Answer("chosen") : null);

        Assert.That(await AnswerAsync("mine"), Does.Contain("chosen"));
        Assert.That(await AnswerAsync("any"), Does.Contain("queued"));
        Assert.That(await AnswerAsync("any"), Does.Contain("default"));
    }

    [TestCase("openai/deployments/gpt-4o/chat/completions", "{}", 404)]
    [TestCase("openai/deployments/gpt-4o/completions?api-version=1", "{}", 404)]
    [TestCase(Classic, "{\"messages\":[", 400)]
    [TestCase(Classic, "[]", 400)]
    [TestCase(Classic, "{\"stream\":true}", 400)]
    [TestCase("v1/chat/completions", "{\"messages\":[]}", 400)]
    public async Task A_request_that_azure_refuses_is_refused(string path, string body, int status)
    {
        using var content = new StringContent(body);
        using var response = await Client.PostAsync(path, content, Token);

        Assert.That((int)response.StatusCode, Is.EqualTo(status));
    }

    [TestCase("openai/models")]
    [TestCase("openai/deployments/gpt-4o/embeddings?api-version=2024-10-21")]
    public async Task Any_other_path_is_not_found_as_azure_says_it(string path)
    {
        using var response = await PostAsync(Asking("Hello"), path);

        Assert.That(response.StatusCode, Is.EqualTo(HttpStatusCode.NotFound));
        Assert.That(
            await response.Content.ReadAsStringAsync(Token), Is.EqualTo("""{"error":{"code":"404","message":"Resource not found"}}"""));
        Assert.That(Emulator.Requests, Is.Empty);
    }

    [Test]
    public async Task Each_answer_has_ids_of_its_own_and_that_of_the_client()
    {
        Client.DefaultRequestHeaders.Add("x-ms-client-request-id", "abc");
        using var first = await PostAsync(Asking("Hello"));
        using var second = await PostAsync(Asking("Hello"));

        foreach (var name in (string[])["apim-request-id", "x-request-id"])
            Assert.That(second.Headers.GetValues(name), Is.Not.EqualTo(first.Headers.GetValues(name)));
        Assert.That(second.Headers.GetValues("x-ms-client-request-id"), Is.EqualTo(new[] { "abc" }));
    }

    [Test]
    public async Task A_proxys_page_has_no_header_of_azure()
    {
        Emulator.Enqueue(Script.Page(502, "<html></html>"));
        using var response = await PostAsync(Asking("Hello"));

        Assert.That(response.Headers.Select(header => header.Key), Has.None.StartsWith("x-").And.None.StartsWith("apim"));
    }

    private async Task<string> AnswerAsync(string message)
    {
        using var response = await PostAsync(Asking(message));
        return await response.Content.ReadAsStringAsync(Token);
    }
}
