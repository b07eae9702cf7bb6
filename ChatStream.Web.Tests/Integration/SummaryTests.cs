using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using ChatStream.Emulator;
using ChatStream.Web.Tests.Infrastructure;
using NUnit.Framework;

namespace ChatStream.Web.Tests.Integration;

/// <summary>What a model sees of a long conversation, and summaries in the place of what it no longer sees.</summary>
[TestFixture(DatabaseKind.Sqlite)]
[TestFixture(DatabaseKind.Postgres)]
internal sealed class SummaryTests(DatabaseKind kind) : AppTest
{
    private const int Turns = 8;

    private const string Ask = "Summarise the conversation above. ";
    private const string Request =
        "Summarise our conversation so far. Your summary stands in the place of that part, which is no longer sent to you.";

    private const string Heading = "Summary of our conversation so far:\n\n";

    private TestDatabase _database = null!;

    protected override async Task PrepareAsync() => _database = await TestDatabase.NewAsync(kind);

    [OneTimeTearDown]
    public async Task DropDatabaseAsync()
    {
        await StopAppAsync();
        await _database.DisposeAsync();
    }

    protected override void Configure(ChatApp.Setup setup)
    {
        _database.Use(setup);
        setup.Settings["Chat:ContextTokens"] = "1000";
        setup.Settings["Limits:RunningPerUser"] = "2";
        Emulator.On(request => request.LastUserMessage.StartsWith(Ask, StringComparison.Ordinal) && _summary is { } script
            ? script : null);
    }

    private Script? _summary;

    [SetUp]
    public void Begin() => _summary = Script.Answer("They spoke ", "of numbers.");

    [Test]
    public async Task A_conversation_that_fits_is_seen_as_a_whole()
    {
        var conversation = await TalkAsync(2);

        Assert.That(await User.Http.GetStringAsync($"/conversations/{conversation}/context", Token), Is.EqualTo("{}"));
        Assert.That(await PageAsync(conversation), Does.Not.Match($"{Line}data-first=\"[^\"]"));
        var (unknown, fault) = await User.JsonAsync(
            new HttpRequestMessage(HttpMethod.Get, $"/conversations/{conversation}/context?model=none"));
        Assert.That(((int)unknown.StatusCode, Text(fault, "code")), Is.EqualTo((400, "unknown_model")));
        var (response, problem) = await WriteAsync(conversation);
        Assert.That((int)response.StatusCode, Is.EqualTo(409));
        Assert.That(Text(problem, "code"), Is.EqualTo("nothing_to_summarise"));
        Assert.That(Asked, Is.EqualTo(2), "nothing was asked");
    }

    [Test]
    public async Task The_context_begins_where_it_is_said_to_begin()
    {
        var conversation = await TalkAsync(Turns);

        var state = await ContextAsync(conversation);
        var nodes = await NodesAsync(conversation);
        var first = nodes.Single(node => Text(node, "id") == Text(state, "firstMessageId"));
        Assert.That(Text(state, "cutMessageId"), Is.EqualTo(Text(first, "parentId")));
        await SendAsync("x", conversation);
        Assert.That(Contents(await AskedAsync(Turns))[0], Is.EqualTo($"user: {Text(first, "text")}"));
        Assert.That(
            await PageAsync(conversation),
            Does.Match($"{Line}data-first=\"{Text(state, "firstMessageId")}\"[\\s\\S]*?data-message-id=\"{Text(first, "id")}\""));
    }

    [Test]
    public async Task A_summary_is_written_of_what_was_cut_and_stored_only_when_it_is_accepted()
    {
        var conversation = await TalkAsync(Turns);
        var before = await ContextAsync(conversation);
        var covered = Text(before, "cutMessageId")!;

        await using var stream = await (await User.StreamAsync(Post(conversation), Token)).ToEndAsync();

        Assert.That(stream.Text, Is.EqualTo("They spoke of numbers."));
        Assert.That(Text(stream.Frames[0].Json, "parentId"), Is.EqualTo(covered));
        Assert.That(stream.Frames.Select(frame => frame.Event).Distinct(), Is.EqualTo(
            new[] { "start", "status", "message", "usage", "finish", "stop" }));
        var asked = await AskedAsync(Turns);
        var cut = (await NodesAsync(conversation)).TakeWhile(node => Text(node, "id") != Text(before, "firstMessageId")).ToList();
        Assert.That(Contents(asked).SkipLast(1), Is.EqualTo(
            cut.Select(node => $"{Text(node, "role")}: {Text(node, "text")}")));
        Assert.That(Contents(asked)[^1], Does.StartWith($"user: {Ask}"));
        Assert.That(asked.Json.GetProperty("max_completion_tokens").GetInt32(), Is.EqualTo(4_096), "bounded");
        Assert.That(await ContextAsync(conversation), Is.EqualTo(before).Using<JsonElement>((a, b) =>
            a.GetRawText() == b.GetRawText()), "nothing is stored");

        var (kept, summary) = await KeepAsync(conversation, covered, "They spoke of many numbers.");
        Assert.That((int)kept.StatusCode, Is.EqualTo(200));
        Assert.That((Text(summary, "messageId"), Text(summary, "text")), Is.EqualTo((covered, "They spoke of many numbers.")));
        var after = await ContextAsync(conversation);
        Assert.That(after.TryGetProperty("cutMessageId", out _), Is.False, "nothing is unseen now");
        Assert.That(Text(after, "firstMessageId"), Is.EqualTo(Text(before, "firstMessageId")));
        Assert.That(await PageAsync(conversation), Does.Match(
            $"{Line}data-first=\"{Text(after, "firstMessageId")}\" data-covered=\"{covered}\"")
            .And.Contain("dir=\"auto\">They spoke of many numbers.</div>"));
    }

    [Test]
    public async Task Roles_alternate_in_the_request_although_nothing_was_answered()
    {
        var conversation = default(string);
        for (var turn = 0; turn < 2 * Turns; turn++)
        {
            var message = $"Lost {turn}: {Words(turn)}";
            Answers(message, Script.Error(500, "{}"));
            conversation = await SendAsync(message, conversation);
        }

        await using var stream = await (await User.StreamAsync(Post(conversation!), Token)).ToEndAsync();

        var sent = Contents(await AskedAsync(2 * Turns)).Single();
        Assert.That(sent, Does.StartWith("user: Lost ").And.Contain($"\n\n{Ask}"));
    }

    [Test]
    public async Task The_summary_stands_in_the_place_of_what_was_cut_and_the_beginning_stays_the_same()
    {
        var conversation = await TalkAsync(Turns);
        var state = await ContextAsync(conversation);
        await KeepAsync(conversation, Text(state, "cutMessageId")!, "They spoke of numbers.");
        var rest = (await NodesAsync(conversation)).SkipWhile(node => Text(node, "id") != Text(state, "firstMessageId"))
            .Select(node => $"{Text(node, "role")}: {Text(node, "text")}").ToList();

        await SendAsync("x", conversation);
        var one = Contents(await AskedAsync(Turns));
        Assert.That(one, Is.EqualTo((string[])
            [$"user: {Request}", $"assistant: {Heading}They spoke of numbers.", .. rest, "user: x"]));
        await SendAsync("y", conversation);
        Assert.That(Contents(await AskedAsync(Turns + 1)).Take(one.Length), Is.EqualTo(one), "a stable beginning");
    }

    [Test]
    public async Task When_more_is_cut_a_second_summary_covers_the_first()
    {
        var conversation = await TalkAsync(Turns);
        var covered = Text(await ContextAsync(conversation), "cutMessageId")!;
        await KeepAsync(conversation, covered, "The first summary.");
        for (var turn = Turns; turn < 2 * Turns; turn++)
            await SendAsync($"Turn {turn}: {Words(turn)}", conversation);

        var state = await ContextAsync(conversation);
        Assert.That(Text(state, "cutMessageId"), Is.Not.Null.And.Not.EqualTo(covered), "there is a gap");
        Assert.That(Contents(await AskedAsync((2 * Turns) - 1)).Take(2), Is.EqualTo(
            new[] { $"user: {Request}", $"assistant: {Heading}The first summary." }));
        await using var stream = await (await User.StreamAsync(Post(conversation), Token)).ToEndAsync();
        Assert.That(Contents(await AskedAsync(2 * Turns)).Take(2), Is.EqualTo(
            new[] { $"user: {Request}", $"assistant: {Heading}The first summary." }), "it is summed up too");
        await KeepAsync(conversation, Text(stream.Frames[0].Json, "parentId")!, "The second summary.");
        await SendAsync("x", conversation);
        Assert.That(Contents(await AskedAsync((2 * Turns) + 1))[1], Is.EqualTo($"assistant: {Heading}The second summary."));
    }

    [Test]
    public async Task A_summary_is_changed_and_removed()
    {
        var conversation = await TalkAsync(Turns);
        var covered = Text(await ContextAsync(conversation), "cutMessageId")!;
        await KeepAsync(conversation, covered, "One");
        await KeepAsync(conversation, covered, "Two");
        await SendAsync("x", conversation);
        Assert.That(Contents(await AskedAsync(Turns))[1], Is.EqualTo($"assistant: {Heading}Two"));

        Assert.That(await RemoveAsync(conversation, covered), Is.EqualTo(204));
        Assert.That(await RemoveAsync(conversation, covered), Is.EqualTo(404));
        Assert.That(Text(await ContextAsync(conversation), "cutMessageId"), Is.Not.Null);
        await SendAsync("y", conversation);
        Assert.That((await AskedAsync(Turns + 1)).Body, Does.Not.Contain("Summar"));
    }

    [Test]
    public async Task A_branch_without_the_covered_message_has_no_summary()
    {
        var conversation = await TalkAsync(Turns);
        var nodes = await NodesAsync(conversation);
        await KeepAsync(conversation, Text(await ContextAsync(conversation), "cutMessageId")!, "They spoke of numbers.");

        await User.JsonAsync(ChatClient.Post(
            new { message = "Other", parentId = Text(nodes[1], "id") }, "application/json"));
        Assert.That((await AskedAsync(Turns)).Body, Does.Not.Contain("Summar"), "a branch above the covered message");
        Assert.That((await ContextAsync(conversation)).TryGetProperty("summary", out _), Is.False);
        await User.JsonAsync(ChatClient.Post(
            new { message = "More", parentId = Text(nodes[^1], "id") }, "application/json"));
        Assert.That((await AskedAsync(Turns + 1)).Body, Does.Contain("They spoke of numbers."), "the path through it");
    }

    [Test]
    public async Task Exports_have_it_and_an_import_brings_it_back()
    {
        var conversation = await TalkAsync(Turns);
        await KeepAsync(conversation, Text(await ContextAsync(conversation), "cutMessageId")!, "They spoke of numbers.");

        var export = await User.Http.GetStringAsync($"/conversations/{conversation}/export?format=json", Token);
        var markdown = await User.Http.GetStringAsync($"/conversations/{conversation}/export", Token);
        Assert.That(WireText.WithoutTimes(markdown), Does.Contain(
            "\n## Summary of what stands above\n\nThey spoke of numbers.\n\n## You\n\n*T*\n\nTurn "));
        using var body = new StringContent(export, Encoding.UTF8, "application/json");
        using var imported = await User.Http.PostAsync("/conversations/import", body, Token);
        var tree = await imported.Content.ReadFromJsonAsync<JsonElement>(Token);
        Assert.That(WireText.Numbered(tree.GetRawText()), Is.EqualTo(WireText.Numbered(export)), "the same but for its ids");
        await SendAsync("x", Text(tree, "id"));
        Assert.That(Contents(await AskedAsync(Turns))[1], Is.EqualTo($"assistant: {Heading}They spoke of numbers."));
    }

    [TestCase("""{"text":" "}""", 400, "text", "summary_not_valid", "A summary must have 1 to 8000 characters, without NUL.")]
    [TestCase("""{"text":"a\u0000"}""", 400, "text", "summary_not_valid", "A summary must have 1 to 8000 characters, without NUL.")]
    [TestCase("MANY", 400, "text", "summary_too_long", "The summary is 1042 tokens long; at most 500 fit.")]
    [TestCase("{}", 400, "body", null, null)]
    public async Task A_text_that_is_no_summary_is_refused(string body, int status, string field, string? code, string? detail)
    {
        var conversation = await TalkAsync(1);
        if (body == "MANY")
            body = $$"""{"text":"{{string.Concat(Enumerable.Repeat("word ", 1_000))}}"}""";
        var message = Text((await NodesAsync(conversation))[1], "id")!;

        var (response, problem) = await User.JsonAsync(Put($"/conversations/{conversation}/summaries/{message}", body));

        Assert.That((int)response.StatusCode, Is.EqualTo(status));
        Assert.That(problem.GetProperty("errors").TryGetProperty(field, out var errors), Is.True, $"{problem}");
        Assert.That(Text(problem, "code"), Is.EqualTo(code));
        if (detail is not null)
            Assert.That(errors[0].GetString(), Is.EqualTo(detail));
    }

    [Test]
    public async Task What_is_anothers_or_unknown_is_not_found()
    {
        var conversation = await TalkAsync(Turns);
        var covered = Text(await ContextAsync(conversation), "cutMessageId")!;
        using var other = App.NewUser();
        await other.IdentifyAsync();

        foreach (var (request, field) in new (HttpRequestMessage, string)[]
        {
            (new(HttpMethod.Get, $"/conversations/{conversation}/context"), "id"),
            (Post(conversation), "id"),
            (Put($"/conversations/{conversation}/summaries/{covered}", """{"text":"Mine"}"""), "id"),
            (new(HttpMethod.Delete, $"/conversations/{conversation}/summaries/{covered}"), "messageId"),
        })
        {
            var (response, problem) = await other.JsonAsync(request);
            Assert.That((int)response.StatusCode, Is.EqualTo(404), $"{request.Method} {request.RequestUri}");
            Assert.That(problem.GetProperty("errors").TryGetProperty(field, out _), Is.True);
        }
        var (unknown, _) = await KeepAsync(conversation, "AAAAAAAAAAAAAAAA", "Text");
        Assert.That((int)unknown.StatusCode, Is.EqualTo(404));
    }

    [Test]
    public async Task A_failure_is_told_by_its_code()
    {
        var conversation = await TalkAsync(Turns);
        _summary = AzureErrors.RateLimited(TimeSpan.FromSeconds(9));

        await using var stream = await (await User.StreamAsync(Post(conversation), Token)).ToEndAsync();

        Assert.That(stream.Frames.Select(frame => frame.Event).TakeLast(3), Is.EqualTo(new[] { "failure", "finish", "stop" }));
        Assert.That(Text(stream.Frames[^3].Json, "code"), Is.EqualTo("rate_limited"));
        Assert.That(Text(stream.Frames[^2].Json, "reason"), Is.EqualTo("failed"));
    }

    [Test]
    public async Task To_leave_is_to_stop_it_and_it_counts_in_the_limits_while_it_runs()
    {
        var conversation = await TalkAsync(Turns);
        _summary = Script.Start().Text("They").Stall();
        var first = await User.StreamAsync(Post(conversation), Token);
        await first.UntilTextAsync("They");
        await using (var second = await User.StreamAsync(Post(conversation), Token))
        {
            await second.UntilTextAsync("They");
            var (response, problem) = await WriteAsync(conversation);
            Assert.That((int)response.StatusCode, Is.EqualTo(429));
            Assert.That(Text(problem, "code"), Is.EqualTo("too_many_running"));
        }

        await first.DisposeAsync();

        Assert.That((await (await AskedAsync(Turns)).Ended).Outcome, Is.EqualTo(RequestOutcome.ClientClosed));
        Assert.That((await (await AskedAsync(Turns + 1)).Ended).Outcome, Is.EqualTo(RequestOutcome.ClientClosed));
        _summary = Script.Answer("Again");
        await using var third = await (await OnceFreeAsync(conversation)).ToEndAsync();
        Assert.That(third.Text, Is.EqualTo("Again"));
    }

    [Test]
    public async Task What_it_uses_counts_in_the_sums_of_its_user()
    {
        var conversation = await TalkAsync(Turns);
        var before = await UsedAsync();

        await using var whole = await (await User.StreamAsync(Post(conversation), Token)).ToEndAsync();
        var told = whole.Frames.Single(frame => frame.Event == "usage").Json;
        Assert.That(await UsedAsync(), Is.EqualTo((
            before.Input + told.GetProperty("inputTokens").GetInt64(),
            before.Output + told.GetProperty("outputTokens").GetInt64())));

        _summary = Script.Start().Text("They spoke").Stall();
        var left = await User.StreamAsync(Post(conversation), Token);
        await left.UntilTextAsync("They spoke");
        var known = await UsedAsync();
        await left.DisposeAsync();
        await (await AskedAsync(Turns + 1)).Ended;

        var used = known;
        while (used == known)
            used = await UsedAsync(); // it is counted once the service has noticed
        Assert.That(used.Input, Is.GreaterThan(known.Input), "what the service did not count is estimated");
        Assert.That(used.Output, Is.GreaterThan(known.Output));
    }

    /// <summary>A place is free once what was used has been counted.</summary>
    private async Task<EventStream> OnceFreeAsync(string conversation)
    {
        while (true)
        {
            try
            {
                return await User.StreamAsync(Post(conversation), Token);
            }
            catch (InvalidOperationException fault) when (fault.Message.Contains("too_many_running", StringComparison.Ordinal))
            {
                await Task.Yield();
            }
        }
    }

    private async Task<(long Input, long Output)> UsedAsync()
    {
        var (_, usage) = await User.JsonAsync(new HttpRequestMessage(HttpMethod.Get, "/usage")
        {
            Headers = { { "Accept", "application/json" } },
        });
        var total = usage.GetProperty("total");
        return (total.GetProperty("inputTokens").GetInt64(), total.GetProperty("outputTokens").GetInt64());
    }

    private static string Line => "<div class=\"context-line\" role=\"note\" ";

    /// <summary>The id of a conversation of so many turns of about 200 tokens.</summary>
    private async Task<string> TalkAsync(int turns)
    {
        var conversation = default(string);
        for (var turn = 0; turn < turns; turn++)
            conversation = await SendAsync($"Turn {turn}: {Words(turn)}", conversation);
        return conversation!;
    }

    private async Task<string> SendAsync(string message, string? conversation) =>
        Text(await User.AskAsync(message, conversation), "conversationId")!;

    private async Task<JsonElement> ContextAsync(string conversation) =>
        (await User.JsonAsync(new HttpRequestMessage(HttpMethod.Get, $"/conversations/{conversation}/context"))).Body;

    private async Task<List<JsonElement>> NodesAsync(string conversation) =>
        [.. (await User.JsonAsync(new HttpRequestMessage(HttpMethod.Get, $"/conversations/{conversation}"))).Body
            .GetProperty("messages").EnumerateArray()];

    private Task<string> PageAsync(string conversation) => User.Http.GetStringAsync($"/chat/{conversation}", Token);

    private Task<(HttpResponseMessage Response, JsonElement Body)> WriteAsync(string conversation) =>
        User.JsonAsync(Post(conversation));

    private static HttpRequestMessage Post(string conversation) =>
        new(HttpMethod.Post, $"/conversations/{conversation}/summaries")
        {
            Content = new StringContent("{}", Encoding.UTF8, "application/json"),
            Headers = { { "Accept", "text/event-stream" } },
        };

    private static HttpRequestMessage Put(string path, string body) =>
        new(HttpMethod.Put, path) { Content = new StringContent(body, Encoding.UTF8, "application/json") };

    private Task<(HttpResponseMessage Response, JsonElement Body)> KeepAsync(string conversation, string message, string text) =>
        User.JsonAsync(Put($"/conversations/{conversation}/summaries/{message}", JsonSerializer.Serialize(new { text })));

    private async Task<int> RemoveAsync(string conversation, string message)
    {
        using var response = await User.Http.DeleteAsync(
            new Uri($"/conversations/{conversation}/summaries/{message}", UriKind.Relative), Token);
        return (int)response.StatusCode;
    }

    private static string[] Contents(EmulatedRequest request) =>
        [.. request.Json.GetProperty("messages").EnumerateArray().Select(message =>
            $"{Text(message, "role")}: {Text(message, "content")}")];

    private static string? Text(JsonElement element, string member) =>
        element.TryGetProperty(member, out var value) ? value.GetString() : null;

    private static string Words(int seed)
    {
        var random = new Random(seed);
        return string.Join(' ', Enumerable.Range(0, 40).Select(_ => $"{random.Next(10_000)}"));
    }
}
