using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using ChatStream.Emulator;
using ChatStream.Web.Tests.Files;
using ChatStream.Web.Tests.Infrastructure;
using NUnit.Framework;

namespace ChatStream.Web.Tests.Integration.OpenApi;

/// <summary>
/// Every operation and its refusals through Stoplight's Prism, which compares each request and response with the document.
/// </summary>
[CancelAfter(120_000)]
internal sealed class PrismTests : AppTest
{
    private const string AdminsKey = "a-key-of-an-administrator";

    private readonly List<(string Method, string Path)> _sent = [];
    private Prism _prism = null!;
    private HttpClient _http = null!;

    protected override void Configure(ChatApp.Setup setup)
    {
        setup.Settings["Sharing:Who"] = "Anyone";
        setup.Settings["Api:Keys:0:Name"] = "operator";
        setup.Settings["Api:Keys:0:Key"] = AdminsKey;
        setup.Settings["Api:Keys:0:Role"] = "Admin";
    }

    [OneTimeSetUp]
    public async Task StartPrismAsync()
    {
        _prism = await Prism.StartAsync(App.Address.ToString());
        _http = new HttpClient
        {
            BaseAddress = _prism.Address,
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
    public async Task Nothing_breaks_what_the_document_says()
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
        await SendAsync(200, "GET", "/health/startup", accept: "text/plain");
        await SendAsync(200, "GET", "/health/ready", accept: "text/plain");
    }

    [Test]
    public async Task Each_other_operation_keeps_to_it_too()
    {
        var answer = await JsonAsync(200, "POST", "/chat/stream", """{"message":"Hello"}""");
        var (id, message) = (answer.GetProperty("conversationId").GetString(), answer.GetProperty("messageId").GetString());
        var folder = (await JsonAsync(201, "POST", "/folders", """{"name":"Work","instructions":"Be brief."}"""))
            .GetProperty("id").GetString();
        await SendAsync(400, "POST", "/folders", """{"name":""}""");
        await SendAsync(200, "GET", "/folders");
        await SendAsync(200, "PATCH", $"/folders/{folder}", """{"name":"Other work"}""");
        await SendAsync(404, "PATCH", "/folders/AAAAAAAAAAAAAAAA", """{"name":"x"}""");
        await SendAsync(204, "POST", "/conversations/move", $$"""{"ids":["{{id}}"],"folderId":"{{folder}}"}""");
        await SendAsync(200, "GET", $"/conversations?folder={folder}");
        await SendAsync(204, "DELETE", $"/folders/{folder}");
        await SendAsync(200, "PUT", $"/conversations/{id}/feedback/{message}", """{"rating":"down","reason":"wrong"}""");
        await SendAsync(400, "PUT", $"/conversations/{id}/feedback/{message}", """{"rating":"sideways"}""");
        await SendAsync(200, "GET", "/admin/feedback", key: AdminsKey);
        await SendAsync(204, "DELETE", $"/conversations/{id}/feedback/{message}");
        var share = await JsonAsync(201, "POST", $"/conversations/{id}/share", """{"reasoning":true}""");
        await SendAsync(200, "GET", share.GetProperty("path").GetString()!, accept: "text/html");
        await SendAsync(404, "GET", $"{share.GetProperty("path").GetString()}/files/AAAAAAAAAAAAAAAA");
        await SendAsync(200, "GET", "/shares");
        await SendAsync(204, "DELETE", $"/conversations/{id}/share");
        await SendAsync(404, "DELETE", $"/conversations/{id}/share");
        await SendAsync(409, "POST", $"/conversations/{id}/summaries", "{}");
        await SendAsync(404, "POST", $"/chat/stream/{message}/tools/AAAAAAAAAAAAAAAA", """{"decision":"allow"}""");
        var prompt = (await JsonAsync(201, "POST", "/prompts", """{"title":"Daily","text":"What is new?"}"""))
            .GetProperty("id").GetString();
        await SendAsync(200, "GET", "/prompts");
        await SendAsync(200, "GET", $"/prompts/{prompt}");
        await SendAsync(200, "PATCH", $"/prompts/{prompt}", """{"title":"Weekly"}""");
        await SendAsync(204, "DELETE", $"/prompts/{prompt}");
        // Prism breaks down at a body of several parts, so no file is sent through it. What is told of a file goes through it.
        await SendAsync(415, "POST", "/files", "{}");
        await SendAsync(404, "GET", "/files/AAAAAAAAAAAAAAAA");
        using var program = App.NewUser();
        program.Http.DefaultRequestHeaders.Add("Authorization", $"Bearer {AdminsKey}");
        foreach (var file in new[] { Pictures.Png(), "Tea;3 €\n"u8.ToArray() })
        {
            var uploaded = $"/files/{await program.UploadedAsync(file)}";
            await SendAsync(200, "GET", $"{uploaded}?format=json", key: AdminsKey);
            await SendAsync(200, "GET", uploaded, accept: "*/*", key: AdminsKey);
        }
        await SendAsync(204, "DELETE", $"/conversations/{id}");
        await SendAsync(200, "POST", "/conversations/restore", $$"""{"ids":["{{id}}"]}""");
        await SendAsync(403, "GET", "/admin");
        await SendAsync(200, "GET", "/admin", key: AdminsKey);
        await SendAsync(200, "GET", "/admin/audit", key: AdminsKey);
        await SendAsync(404, "GET", "/admin/users/nobody/export", key: AdminsKey);
        await SendAsync(404, "POST", "/admin/users/nobody/erase", "confirm=all", key: AdminsKey);
        await SendAsync(404, "POST", "/admin/stop", "generationId=AAAAAAAAAAAAAAAA", key: AdminsKey);

        await Nothing_breaks_what_the_document_says();

        using var document = JsonDocument.Parse(await File.ReadAllTextAsync(Prism.Document, Token));
        var operations =
            from path in document.RootElement.GetProperty("paths").EnumerateObject()
            from member in path.Value.EnumerateObject()
            where member.Value.ValueKind == JsonValueKind.Object && member.Value.TryGetProperty("responses", out _)
            select (Method: member.Name.ToUpperInvariant(), Path: path.Name);
        Assert.That(operations.Where(operation => !_sent.Exists(sent => IsOf(sent, operation))), Is.Empty, "each was asked for");
    }

    private static bool IsOf((string Method, string Path) sent, (string Method, string Path) operation) =>
        sent.Method == operation.Method
        && Regex.IsMatch(sent.Path.Split('?')[0], $"^{Regex.Replace(operation.Path, @"\{\w+\}", "[^/]+")}$");

    private async Task<JsonElement> JsonAsync(
        int status, string method, string path, string? json = null, string? prefer = null) =>
        JsonDocument.Parse(await SendAsync(status, method, path, json, "application/json", prefer)).RootElement;

    private async Task<string> SendAsync(
        int status, string method, string path, string? json = null, string accept = "application/json", string? prefer = null,
        string? key = null)
    {
        var request = new HttpRequestMessage(new HttpMethod(method), path);
        request.Headers.Add("Accept", accept);
        if (prefer is not null)
            request.Headers.Add("Prefer", prefer);
        if (key is not null)
            request.Headers.Add("Authorization", $"Bearer {key}");
        if (json is not null)
        {
            var isForm = path.StartsWith("/admin/", StringComparison.Ordinal);
            request.Content = new StringContent(
                json, Encoding.UTF8, isForm ? "application/x-www-form-urlencoded" : "application/json");
        }
        var (answered, body) = await SendAsync(request);
        Assert.That(answered, Is.EqualTo(status), $"{method} {path}: {body}");
        return body;
    }

    private async Task<(int Status, string Body)> SendAsync(HttpRequestMessage request)
    {
        using var sent = request;
        _sent.Add((request.Method.Method, request.RequestUri!.OriginalString));
        using var response = await _http.SendAsync(request, Token);
        var body = await response.Content.ReadAsStringAsync(Token);
        Assert.That(Prism.ViolationsOf(response, "response"), Is.Empty, $"{request.Method} {request.RequestUri}: {body}");
        // What is wrong on purpose is refused with one of these. All else is as the document says.
        if (response.StatusCode is not (HttpStatusCode.BadRequest or HttpStatusCode.UnsupportedMediaType))
            Assert.That(Prism.ViolationsOf(response, "request"), Is.Empty, $"{request.Method} {request.RequestUri}");
        return ((int)response.StatusCode, body);
    }
}
