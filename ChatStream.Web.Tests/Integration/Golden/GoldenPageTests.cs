using ChatStream.Web.Tests.Infrastructure;
using NUnit.Framework;

namespace ChatStream.Web.Tests.Integration.Golden;

/// <summary>The page, its forms, and what a browser is given.</summary>
internal sealed class GoldenPageTests : GoldenTest
{
    protected override void Configure(ChatApp.Setup setup)
    {
        base.Configure(setup);
        setup.Settings["Chat:ContextTokens"] = "256";
        setup.Settings["Models:0:Name"] = "mini";
        setup.Settings["Models:0:Label"] = "Small & quick";
        setup.Settings["Models:0:Deployments:0:Endpoint"] = Emulator.Endpoint.ToString();
        setup.Settings["Models:0:Deployments:0:Deployment"] = "gpt-4o-mini";
        setup.Settings["Models:0:Deployments:0:ApiKey"] = "emulator-key";
    }

    [TestCaseSource(nameof(Pages))]
    public Task Page(GoldenRequest request) => SendAsync(request);

    private static IEnumerable<TestCaseData> Pages() =>
    [
        Case("new chat", "GET /\nAccept: text/html"),
        Case("new chat after a refused form", "GET /chat\nAccept: text/html"),
        Case("new chat in Chinese", "GET /\nAccept-Language: zh-TW,zh;q=0.9,en;q=0.8"),
        Case("unknown conversation", $"GET /chat/{NoId}\nAccept: text/html"),
        Case("unknown conversation in Chinese", $"GET /chat/{NoId}\nAccept-Language: zh"),
        Case("unknown conversation for a program", $"GET /chat/{NoId}\nAccept: application/json"),
        Case("id that is none", "GET /chat/x"),
    ];

    [Test]
    public async Task Newcomer()
    {
        Leave();
        await SendAsync("GET /\nAccept: text/html");
    }

    [Test]
    public async Task Form_and_its_page()
    {
        await SendAsync(Form("message=%3Cb%3EHello%3C/b%3E%0D%0Aagain"));
        await SendAsync("GET /chat/{C1}\nAccept: text/html");
        await SendAsync(Form("message=Hi&conversationId={C1}&model=mini&formKey=one"));
        await SendAsync(Form("message=Hi&conversationId={C1}&model=mini&formKey=one"));
        await SendAsync("GET /chat/{C1}\nAccept: text/html\nAccept-Language: zh");
        await SendAsync("GET /\nAccept: text/html");
    }

    [Test]
    public async Task Versions_of_a_message()
    {
        // Imported, because messages of one time are in the order of their ids.
        await SendAsync("""
            POST /conversations/import

            {"id":"x","title":"Hi","leafId":"d","createdAt":"2026-01-01T00:00:00Z","updatedAt":"2026-01-01T00:00:03Z","messages":[
            {"id":"a","role":"user","text":"Hi","createdAt":"2026-01-01T00:00:00Z"},
            {"id":"b","role":"user","text":"Ho","createdAt":"2026-01-01T00:00:01Z"},
            {"id":"c","parentId":"a","role":"assistant","text":"One","createdAt":"2026-01-01T00:00:02Z"},
            {"id":"d","parentId":"a","role":"assistant","text":"Two","createdAt":"2026-01-01T00:00:03Z"}]}
            """);
        await SendAsync("GET /chat/{C1}\nAccept: text/html");
    }

    [Test]
    public async Task While_an_answer_runs()
    {
        using var stream = await StartStalledAsync();
        await SendAsync("GET /chat/{C1}\nAccept: text/html");
        await SendAsync(Form("message=Hi&conversationId={C1}"));
        await SendAsync("POST /chat/stop\nContent-Type: application/x-www-form-urlencoded\n\ngenerationId={G1}");
        await SendAsync("GET /chat/{C1}\nAccept: text/html");
    }

    [TestCaseSource(nameof(RefusedForms))]
    public Task Refused(GoldenRequest request) => SendAsync(request);

    private static IEnumerable<TestCaseData> RefusedForms() =>
    [
        Case("no message", Form("formKey=one")),
        Case("blank message", Form("message=+")),
        Case("NUL in the message", Form("message=a%00b")),
        Case("message too long", Form($"message={string.Concat(Enumerable.Repeat("so+it+is+", 100))}")),
        Case("message too long in Chinese",
            Form($"message={string.Concat(Enumerable.Repeat("so+it+is+", 400))}", "Accept-Language: zh\n")),
        Case("unknown model", Form("message=Hi&model=gpt-9")),
        Case("unknown conversation", Form($"message=Hi&conversationId={NoId}")),
        Case("JSON", "POST /chat\n\n{}"),
        Case("no body", "POST /chat"),
        Case("too large", $"POST /chat\nContent-Type: application/x-www-form-urlencoded\nContent-Length: {1024 * 1024 + 1}"),
        Case("unreadable", "POST /chat\nContent-Type: multipart/form-data; boundary=x\n\n--y"),
        Case("stop of an unknown generation",
            $"POST /chat/stop\nContent-Type: application/x-www-form-urlencoded\n\ngenerationId={NoId}"),
        Case("stop of nothing", "POST /chat/stop\nContent-Type: application/x-www-form-urlencoded\n\nx=y"),
        Case("stop without a form", "POST /chat/stop"),
        Case("from another site", Form("message=Hi", "Sec-Fetch-Site: cross-site\n")),
    ];

    [TestCaseSource(nameof(Preferences))]
    public Task Preference(GoldenRequest request) => SendAsync(request);

    private static IEnumerable<TestCaseData> Preferences()
    {
        static string Of(string form, string headers = "") =>
            $"POST /preferences\n{headers}Content-Type: application/x-www-form-urlencoded\n\n{form}";

        yield return Case("theme", Of("theme=dark"));
        yield return Case("language", Of("language=zh"));
        yield return Case("both and the way back", Of("theme=auto&language=en", "Referer: http://localhost/chat?x=y\n"));
        yield return Case("the way back to another site", Of("theme=light", "Referer: https://evil.example//evil.example/\n"));
        yield return Case("unknown values", Of("theme=pink&language=fr"));
        yield return Case("nothing", "POST /preferences");
        yield return Case("JSON", "POST /preferences\n\n{\"theme\":\"dark\"}");
        yield return Case("too large", Of("", "Content-Length: 4097\n"));
        yield return Case("from another site", Of("theme=dark", "Origin: https://evil.example\n"));
    }

    [TestCase("chatstream.theme=dark")]
    [TestCase("chatstream.language=c%3Dzh%7Cuic%3Dzh")]
    [TestCase("chatstream.zone=Pacific/Auckland")]
    public async Task Remembered(string cookie)
    {
        await TalkAsync();
        await SendAsync($"GET /\nCookie: {cookie}");
    }

    private static string Form(string fields, string headers = "") =>
        $"POST /chat\n{headers}Content-Type: application/x-www-form-urlencoded\n\n{fields}";
}
