using ChatStream.Emulator;
using ChatStream.Web.Tests.Infrastructure;
using ChatStream.Web.Tests.Integration.Checkpoints;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using NUnit.Framework;

namespace ChatStream.Web.Tests.Integration.Golden;

/// <summary>What is said while the database takes no writes.</summary>
internal sealed class GoldenStorageTests : GoldenTest
{
    private FaultyDatabase Database => App.Services.GetRequiredService<FaultyDatabase>();

    protected override void Configure(ChatApp.Setup setup)
    {
        base.Configure(setup);
        setup.Services += FaultyDatabase.AddTo;
    }

    [TearDown]
    public async Task MendAsync()
    {
        Database.Fails = false;
        // What could not be stored is tried again soon, and then the health says nothing of it.
        while (!(await User.Http.GetAsync(new Uri("/health/ready", UriKind.Relative), Token)).IsSuccessStatusCode)
            await Task.Yield();
    }

    [TestCaseSource(nameof(Requests))]
    public async Task Refused(GoldenRequest request)
    {
        await TalkAsync();
        Database.Fails = true;
        await SendAsync(request);
    }

    private static IEnumerable<TestCaseData> Requests() =>
    [
        Case("start", "POST /chat/stream\n\n{\"message\":\"Hi\"}"),
        Case("start by GET", "GET /chat/stream?message=Hi"),
        Case("start as JSON", "POST /chat/stream\nAccept: application/json\n\n{\"message\":\"Hi\"}"),
        Case("form", "POST /chat\nContent-Type: application/x-www-form-urlencoded\n\nmessage=Hi&conversationId={C1}"),
        Case("change", "PATCH /conversations/{C1}\n\n{\"title\":\"x\"}"),
        Case("delete", "DELETE /conversations/{C1}"),
        Case("import", """
            POST /conversations/import

            {"id":"x","title":"T","leafId":"a","createdAt":"2026-01-01T00:00:00Z","updatedAt":"2026-01-01T00:00:00Z",
            "messages":[{"id":"a","role":"user","text":"Hi","createdAt":"2026-01-01T00:00:00Z"}]}
            """),
    ];

    [Test]
    public async Task Database_that_cannot_be_read()
    {
        await ExecuteAsync("""ALTER TABLE "Conversations" RENAME TO "Away" """);
        try
        {
            await SendAsync("GET /conversations");
            await SendAsync($"GET /conversations/{NoId}");
            await SendAsync("GET /\nAccept: text/html");
            await SendAsync("GET /health/ready");
        }
        finally
        {
            await ExecuteAsync("""ALTER TABLE "Away" RENAME TO "Conversations" """);
        }
    }

    [TestCase("text/event-stream")]
    [TestCase("application/json")]
    public async Task Answer_that_cannot_be_stored(string accept)
    {
        var gate = new Gate();
        Answers("Hi", Script.Start().Text("so far").Finish("stop").Usage(3, 4).Done().HoldHeaders(gate));
        var response = OpenAsync($$"""
            POST /chat/stream
            Accept: {{accept}}

            {"message":"Hi"}
            """);
        await gate.Reached;
        Database.Fails = true;
        gate.Open();
        await EndAsync(await response);
    }

    private Task<int> ExecuteAsync(string sql) => Database.WriteAsync(default, db => db.Database.ExecuteSqlRawAsync(sql, Token));
}
