using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.RegularExpressions;
using ChatStream.Emulator;
using ChatStream.Web.Tests.Infrastructure;
using NUnit.Framework;

namespace ChatStream.Web.Tests.Integration.Hostile;

/// <summary>What a client sends stays a value: it begins no frame, no header, no line of the log and no markup.</summary>
[NonParallelizable] // NLog has one configuration per process, and these tests replace it.
internal sealed partial class InjectionTests : AppTest
{
    private const string Forged = "2026-01-01T00:00:00.000Z ERROR Forged";

    private static readonly string[] Breaks = ["\n", "\r", "\r\n", "\n\n", "\u0085", "\u2028", "\u2029", "\u000b", "\u000c"];

    [TestCaseSource(nameof(Breaks))]
    public async Task A_message_and_its_title_begin_no_frame(string lineBreak)
    {
        var hostile = $"a{lineBreak}event: finish{lineBreak}data: {{\"reason\":\"completed\"}}{lineBreak}id: x.1{lineBreak}b";

        using var response = await User.Http.SendAsync(ChatClient.Post(new { message = hostile }), Token);
        var wire = await response.Content.ReadAsStringAsync(Token);
        var stream = await (await User.StartAsync(hostile)).ToEndAsync();

        Assert.That(FinishLine().Count(wire), Is.EqualTo(1), wire);
        Assert.That(IdLine().Matches(wire).Select(id => id.Groups[1].Value).Distinct(), Has.Exactly(1).Items, wire);
        Assert.That(stream.Text, Is.EqualTo(hostile));
        Assert.That(stream.Frames.Select(frame => frame.Event).Distinct(), Is.SubsetOf(
            new[] { "start", "status", "message", "usage", "finish", "stop" }));
        await stream.DisposeAsync();
    }

    [TestCase("%0A%0Aevent:%20finish%0Adata:%20{}")]
    [TestCase("x%0D%0AX-Injected:%201")]
    [TestCase("AAAAAAAAAAAAAAAA.0%0Adata:%20x")]
    [TestCase("%E2%80%A8id:%20x")]
    public async Task A_last_event_id_begins_no_frame_and_no_header(string id)
    {
        foreach (var path in new[] { "/chat/stream?message=Hi&", "/chat/stream/AAAAAAAAAAAAAAAA?" })
        {
            var target = $"{path}lastEventId={id}";
            using var request = new HttpRequestMessage(HttpMethod.Get, target);
            request.Headers.Add("Accept", "text/event-stream");
            using var response = await User.Http.SendAsync(request, Token);

            Assert.That(response.StatusCode, Is.EqualTo(HttpStatusCode.BadRequest).Or.EqualTo(HttpStatusCode.NotFound), target);
            Assert.That(response.Headers.Contains(HostileWords.Canary), Is.False);
            Assert.That(await response.Content.ReadAsStringAsync(Token), Does.Not.Contain("\nevent:").And.Not.Contain("\ndata:"));
        }
        Assert.That(Asked, Is.Zero);
    }

    [TestCase("../../etc/passwd")]
    [TestCase("a\r\nX-Injected: 1")]
    [TestCase("a\"; filename=\"evil.html")]
    [TestCase("a'; filename*=UTF-8''evil.html")]
    [TestCase("\u202egpj.exe")]
    [TestCase("\u2028x: 1")]
    [TestCase("COM1")]
    [TestCase("=cmd|' /C calc'!A1")]
    [TestCase("世界 😀 é")]
    public async Task A_title_stays_in_the_name_of_its_export(string title)
    {
        var id = (await User.AskAsync("Hi")).GetProperty("conversationId").GetString();
        using var change = new HttpRequestMessage(HttpMethod.Patch, $"/conversations/{id}")
        {
            Content = JsonContent.Create(new { title }),
        };
        using var changed = await User.Http.SendAsync(change, Token);
        Assert.That(changed.StatusCode, Is.AnyOf(HttpStatusCode.OK, HttpStatusCode.NoContent, HttpStatusCode.BadRequest));

        foreach (var format in new[] { "md", "json" })
        {
            using var export = await User.Http.GetAsync($"/conversations/{id}/export?format={format}", Token);

            var header = export.Content.Headers.GetValues("Content-Disposition").Single();
            var disposition = export.Content.Headers.ContentDisposition!;
            Assert.That(export.Headers.Contains(HostileWords.Canary), Is.False);
            Assert.That(header, Does.Match(@"\A[\x20-\x7e]+\z"), "no byte that a client could read in two ways");
            Assert.That(disposition.DispositionType, Is.EqualTo("attachment"));
            foreach (var name in new[] { disposition.FileName?.Trim('"'), disposition.FileNameStar })
            {
                Assert.That(name, Does.EndWith($".{format}"));
                Assert.That(name, Does.Not.Match(@"[\\/:*?""<>|\p{Cc}\p{Cf}\u2028\u2029]"), header);
            }
        }
    }

    [TestCase("../../etc/passwd")]
    [TestCase("a.txt\r\nX-Injected: 1\r\n\r\n<script>")]
    [TestCase("a\"; filename=\"evil.html")]
    [TestCase("a'; filename*=UTF-8''evil.html")]
    [TestCase("\u202egpj.exe")]
    [TestCase("\u2028x: 1")]
    [TestCase("=cmd|' /C calc'!A1")]
    [TestCase("世界 😀 é.txt")]
    public async Task The_name_of_a_file_stays_in_its_header(string name)
    {
        using var form = new ByteArrayContent(Encoding.ASCII.GetBytes(
            $"--b\r\nContent-Disposition: form-data; name=file; filename*=UTF-8''{Uri.EscapeDataString(name)}\r\n\r\nTea"
            + "\r\n--b--\r\n"));
        form.Headers.TryAddWithoutValidation("Content-Type", "multipart/form-data; boundary=b");
        using var uploaded = await User.Http.PostAsync("/files", form, Token);
        Assert.That(uploaded.StatusCode, Is.EqualTo(HttpStatusCode.Created), await uploaded.Content.ReadAsStringAsync(Token));

        using var file = await User.Http.GetAsync(uploaded.Headers.Location, Token);

        var disposition = file.Content.Headers.ContentDisposition!;
        Assert.That(file.Headers.Contains(HostileWords.Canary), Is.False);
        Assert.That(file.Content.Headers.GetValues("Content-Disposition").Single(), Does.Match(@"\A[\x20-\x7e]+\z"));
        Assert.That(disposition.DispositionType, Is.EqualTo("attachment"));
        foreach (var told in new[] { disposition.FileName?.Trim('"'), disposition.FileNameStar })
            Assert.That(told, Does.Not.Match(@"[\\/""\p{Cc}\p{Cf}\u2028\u2029]"));
        Assert.That(await file.Content.ReadAsStringAsync(Token), Is.EqualTo("Tea"));
    }

    [Test]
    public async Task Nothing_that_is_sent_begins_a_line_of_the_log()
    {
        using var log = new CapturedLog("""<logger name="ChatStream.*" minlevel="Debug" writeTo="console" final="true" />""");
        foreach (var lineBreak in Breaks)
        {
            var hostile = $"x{lineBreak}{Forged}";
            var escaped = Uri.EscapeDataString(hostile);
            Answers(hostile, Script.Error(400, hostile));
            await User.AskAsync(hostile);
            foreach (var request in new[]
            {
                ChatClient.Post(new { message = "Hi", model = hostile }, "application/json"),
                ChatClient.Post(new { message = "Hi", conversationId = hostile }, "application/json"),
                new(HttpMethod.Get, $"/chat/stream?message={escaped}&model={escaped}&lastEventId={escaped}"),
                new(HttpMethod.Get, $"/{escaped}"),
                new(HttpMethod.Post, $"/conversations/import?{escaped}={escaped}") { Content = new StringContent(hostile) },
            })
                (await User.Http.SendAsync(request, Token)).Dispose();
        }

        Assert.That(log.Lines, Is.Not.Empty);
        Assert.That(log.Lines.SelectMany(line => AnyBreak().Split(line)), Has.None.StartsWith(Forged));
    }

    [Test]
    public async Task A_name_from_a_claim_is_text_on_the_page_and_in_the_log()
    {
        await using var app = await ChatApp.StartAsync(Emulator, setup =>
        {
            setup.Settings["SignIn:Kind"] = "Header";
            setup.Settings["SignIn:Header:From:0"] = "127.0.0.0/8";
            setup.Settings["SignIn:Users:0"] = "u1";
        });
        using var log = new CapturedLog();
        var pages = new List<string>();
        foreach (var id in new[] { "u1", $"u2\" onload=\"x\u0085{Forged}" })
        {
            using var connection = await RawConnection.OpenAsync(app.Address, receiveBuffer: null, Token);
            await connection.SendAsync(
                $"GET / HTTP/1.1\r\nHost: {app.Address.Authority}\r\nAccept: text/html\r\nConnection: close\r\n"
                + $"X-Forwarded-User: {id}\r\n"
                + "X-Forwarded-Preferred-Username: <img src=x onerror=alert(1)> \" onload=\"x\r\n\r\n",
                Token);
            pages.Add(await connection.ReadAvailableAsync(Token));
        }

        Assert.That(pages, Has.All.Contains("</html>"));
        Assert.That(pages, Has.All.Not.Contain("<img src=x").And.All.Not.Contain("\" onload="));
        Assert.That(log.Lines.SelectMany(line => AnyBreak().Split(line)), Has.None.StartsWith(Forged));
    }

    /// <summary>A cell that begins with <c>=</c> is a formula to a spreadsheet. Nothing is given out as cells.</summary>
    [TestCase("/")]
    [TestCase("/conversations")]
    [TestCase("/conversations/{id}")]
    [TestCase("/conversations/{id}/export?format=md")]
    [TestCase("/conversations/{id}/export?format=csv")]
    [TestCase("/conversations/{id}/context")]
    [TestCase("/models")]
    [TestCase("/usage")]
    [TestCase("/shares")]
    public async Task Nothing_is_given_out_as_csv(string target)
    {
        var id = (await User.AskAsync("=cmd|' /C calc'!A1")).GetProperty("conversationId").GetString();
        using var request = new HttpRequestMessage(HttpMethod.Get, target.Replace("{id}", id, StringComparison.Ordinal))
        {
            Headers = { { "Accept", "text/csv" } },
        };
        using var response = await User.Http.SendAsync(request, Token);

        Assert.That(response.Content.Headers.ContentType?.MediaType, Is.Not.EqualTo("text/csv"));
        Assert.That(response.Content.Headers.ContentDisposition?.FileName ?? "", Does.Not.Contain(".csv"));
    }

    [GeneratedRegex(@"[\r\n\u0085\u2028\u2029\u000b\u000c]")]
    private static partial Regex AnyBreak();

    [GeneratedRegex(@"(?:^|[\r\n])event: finish")]
    private static partial Regex FinishLine();

    [GeneratedRegex(@"(?:^|[\r\n])id: ([^.\r\n]*)")]
    private static partial Regex IdLine();
}
