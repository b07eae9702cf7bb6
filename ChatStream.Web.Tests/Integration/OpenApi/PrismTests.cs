using System.Diagnostics;
using System.Text;
using System.Text.Json;
using ChatStream.Emulator;
using ChatStream.Web.Tests.Infrastructure;
using NUnit.Framework;

namespace ChatStream.Web.Tests.Integration.OpenApi;

/// <summary>Every operation and its refusals through Stoplight's Prism, which compares each response with the document.</summary>
[CancelAfter(120_000)]
internal sealed class PrismTests : AppTest
{
    private RealProcess _prism = null!;
    private HttpClient _http = null!;

    [OneTimeSetUp]
    public async Task StartPrismAsync()
    {
        var port = FreePort.Find();
        _prism = RealProcess.Start(new ProcessStartInfo(RealParts.NodeWithPackages)
        {
            ArgumentList =
            {
                Path.Combine(Repository.Tests, "node_modules", "@stoplight", "prism-cli", "dist", "index.js"), "proxy", "--port",
                $"{port}", "--multiprocess", "false", Path.Combine(Repository.Root, "ChatStream.Web", "Contract", "openapi.json"),
                App.Address.ToString().TrimEnd('/'),
            },
        });
        await _prism.LineAsync(line => line.Contains("Prism is listening", StringComparison.Ordinal));
        _http = new HttpClient
        {
            BaseAddress = new Uri($"http://127.0.0.1:{port}"),
        };
    }

    [OneTimeTearDown]
    public async Task StopPrismAsync()
    {
        _http?.Dispose();
        if (_prism is not null)
            await _prism.DisposeAsync();
    }

    [Test]
    public async Task No_response_breaks_what_the_document_says()
    {
        Answers("thinks", Script.Start().Reasoning("Hm.").Text("one").Finish("stop").Usage(5, 30).Done());
        Answers("filtered", Script.Start().Text("so").Finish("content_filter").Done());
        Answers("broken", Script.Start().Text("so").Cut());
        var whole = await JsonAsync(200, "POST", "/chat/stream", """{"message":"thinks"}""");
        var id = whole.GetProperty("conversationId").GetString();
        await SendAsync(200, "POST", "/chat/stream", $$"""{"message":"filtered","conversationId":"{{id}}"}""");
        await SendAsync(503, "POST", "/chat/stream", """{"message":"broken"}""");
        await SendAsync(200, "GET", "/chat/stream?message=Hello", accept: "text/event-stream");
        var begun = await JsonAsync(202, "POST", "/chat/stream", """{"message":"Later"}""", prefer: "respond-async");
        var generation = begun.GetProperty("generationId").GetString();
        await SendAsync(204, "POST", $"/chat/stream/{generation}/stop");
        await SendAsync(200, "GET", $"/chat/stream/{generation}");
        await SendAsync(200, "GET", $"/chat/stream/{generation}", accept: "text/event-stream");
        await SendAsync(404, "GET", "/chat/stream/AAAAAAAAAAAAAAAA");
        await SendAsync(400, "POST", "/chat/stream", """{"message":" "}""");
        await SendAsync(200, "GET", "/conversations?limit=2");
        await SendAsync(200, "GET", "/conversations?q=thinks");
        await SendAsync(400, "GET", "/conversations?before=x");
        var tree = await JsonAsync(200, "GET", $"/conversations/{id}");
        await SendAsync(200, "PATCH", $"/conversations/{id}", """{"title":"A name","effort":null}""");
        await SendAsync(200, "GET", $"/conversations/{id}/context");
        await SendAsync(200, "GET", $"/conversations/{id}/export?format=json");
        await SendAsync(200, "GET", $"/conversations/{id}/export", accept: "text/markdown");
        var imported = await JsonAsync(201, "POST", "/conversations/import", tree.GetRawText());
        var leaf = tree.GetProperty("leafId").GetString();
        await SendAsync(200, "PUT", $"/conversations/{id}/summaries/{leaf}", """{"text":"Short."}""");
        await SendAsync(200, "GET", $"/conversations/{id}/context");
        await SendAsync(204, "DELETE", $"/conversations/{id}/summaries/{leaf}");
        await SendAsync(404, "DELETE", $"/conversations/{id}/summaries/{leaf}");
        await SendAsync(200, "GET", "/models");
        await SendAsync(200, "GET", "/usage?days=7");
        await SendAsync(204, "DELETE", $"/conversations/{id}");
        await SendAsync(204, "POST", "/conversations/delete", $$"""{"ids":["{{imported.GetProperty("id").GetString()}}"]}""");
        await SendAsync(200, "GET", "/account/export", accept: "application/zip");
        await SendAsync(204, "DELETE", "/account");
        await SendAsync(200, "GET", "/health/live", accept: "text/plain");
        await SendAsync(200, "GET", "/health/ready", accept: "text/plain");
    }

    private async Task<JsonElement> JsonAsync(
        int status, string method, string path, string? json = null, string? prefer = null) =>
        JsonDocument.Parse(await SendAsync(status, method, path, json, "application/json", prefer)).RootElement;

    private async Task<string> SendAsync(
        int status, string method, string path, string? json = null, string accept = "application/json", string? prefer = null)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        request.Headers.Add("Accept", accept);
        if (prefer is not null)
            request.Headers.Add("Prefer", prefer);
        if (json is not null)
            request.Content = new StringContent(json, Encoding.UTF8, "application/json");
        using var response = await _http.SendAsync(request, Token);
        var body = await response.Content.ReadAsStringAsync(Token);
        var violations = response.Headers.TryGetValues("sl-violations", out var values) ? string.Join('\n', values) : "";
        Assert.That(((int)response.StatusCode, Of("response", violations)), Is.EqualTo((status, "")), $"{method} {path}: {body}");
        return body;
    }

    /// <summary>The violations of the response. Requests are wrong on purpose where they are refused.</summary>
    private static string Of(string part, string violations) => violations.Length == 0 ? "" : string.Join('\n',
        JsonDocument.Parse(violations).RootElement.EnumerateArray()
            .Where(each => each.GetProperty("location")[0].GetString() == part).Select(each => each.GetRawText()));
}
