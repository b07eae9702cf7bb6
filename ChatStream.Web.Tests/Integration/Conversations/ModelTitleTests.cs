using System.Collections.Concurrent;
using System.Net.Http.Headers;
using ChatStream.Emulator;
using ChatStream.Web.Answers.Titling;
using ChatStream.Web.Conversations;
using ChatStream.Web.Tests.Infrastructure;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using NUnit.Framework;

namespace ChatStream.Web.Tests.Integration.Conversations;

/// <summary>The model's title comes after the answer. No frame has it, and no answer waits for it.</summary>
internal sealed class ModelTitleTests(DatabaseKind kind) : ConversationsTest(kind)
{
    private const string ProgramKey = "a-program-key-of-many-characters";

    private readonly LogCapture _log = new();
    private readonly ConcurrentDictionary<string, Script> _titles = new();
    private string _message = "";

    protected override void Configure(ChatApp.Setup setup)
    {
        base.Configure(setup);
        setup.Settings["Conversations:ModelTitles"] = "true";
        setup.Settings["Api:Keys:0:Name"] = "program";
        setup.Settings["Api:Keys:0:Key"] = ProgramKey;
        setup.Services = services => services.AddSingleton<ILoggerProvider>(_log);
        Emulator.On(request => IsForTitle(request) ? TitleFor(request) : null);
    }

    [SetUp]
    public void Begin()
    {
        _log.Clear();
        // Of its own for each test: a title may still be asked for when a test is over.
        _message = $"Hello {TestContext.CurrentContext.Test.ID}";
        TitleIs(Script.Answer("Greetings"));
        User.Http.DefaultRequestHeaders.Add("X-ChatStream-Page", "1"); // as the page's script does
    }

    [Test]
    public async Task After_the_finish_the_model_is_asked_for_a_title()
    {
        var gate = new Gate();
        Answers(_message, Script.Start().Text("Good day").Wait(gate).Finish("stop").Done());
        TitleIs(Script.Answer("“Greetings”", "."));
        await using var stream = await User.StartAsync(_message);
        await stream.UntilTextAsync("Good day");
        Assert.That(TitleRequests(), Is.Empty, "not while it runs");
        gate.Open();
        await stream.ToEndAsync();

        var request = await TitleRequestAsync();

        Assert.That(request.IsStreaming, Is.False);
        Assert.That(request.Json.GetProperty("max_completion_tokens").GetInt32(), Is.EqualTo(256), "a small answer");
        Assert.That(
            request.Json.GetProperty("messages").EnumerateArray().Select(message => message.GetProperty("content").GetString())
            .Take(2),
            Is.EqualTo(new[] { _message, "Good day" }));
        await UntilTitleAsync("Greetings");
        Assert.That(
            stream.Frames.Select(frame => frame.Event),
            Is.EqualTo(new[] { "start", "status", "status", "status", "message", "usage", "finish", "stop" }),
            "no frame tells of it");
        Assert.That(stream.Frames[0].Json.GetProperty("title").GetString(), Is.EqualTo(_message));
    }

    [Test]
    public async Task An_answer_never_waits_for_its_title()
    {
        TitleIs(Script.Silent().Stall());

        await using var first = await (await User.StartAsync(_message)).ToEndAsync();
        await TitleRequestAsync();
        var second = await TalkAsync("And now", first.ConversationId);

        Assert.That(first.Frames[^1].Data, Is.EqualTo("stopped"));
        Assert.That((await User.FindAsync(second.AnswerId)).GetProperty("text").GetString(), Is.EqualTo("And now"));
    }

    [Test]
    public async Task A_title_given_by_the_user_while_the_model_is_asked_stays()
    {
        var gate = new Gate();
        TitleIs(Script.Silent().Wait(gate).PromptFilter().Role().Text("The model's").Finish("stop").Done());
        var talk = await TalkAsync(_message);
        await gate.Reached.WaitAsync(Token);
        await SendAsync(HttpMethod.Patch, $"/conversations/{talk.ConversationId}", """{"title":"Mine"}""");
        gate.Open();
        await (await TitleRequestAsync()).Ended.WaitAsync(Token);
        // The next answer in it comes after that, and asks for none.
        await TalkAsync("And now", talk.ConversationId);

        Assert.That(await TitleAsync(), Is.EqualTo("Mine"));
        Assert.That(TitleRequests(), Has.Count.EqualTo(1));
    }

    [Test]
    public async Task What_a_title_used_counts_for_its_user_and_is_no_answer()
    {
        TitleIs(Script.Start().Text("Greetings").Finish("stop").Usage(500, 9, reasoning: 4).Done());
        Answers(_message, Script.Start().Text("Good day").Finish("stop").Usage(20, 3).Done());
        await TalkAsync(_message);
        await UntilTitleAsync("Greetings");

        Assert.That(await UsedAsync(), Is.EqualTo("1 answers, 520 in, 12 out, 4 reasoning, 0 estimated"));
    }

    [Test]
    public async Task A_title_whose_service_does_not_count_is_estimated()
    {
        TitleIs(Script.Silent().Event("""{"choices":[{"message":{"content":"Greetings"},"finish_reason":"stop"}]}"""));
        Answers(_message, Script.Start().Text("Good day").Finish("stop").Usage(20, 3).Done());
        await TalkAsync(_message);
        await UntilTitleAsync("Greetings");

        var (tokens, asked) = (new TokenCounter(), await TitleRequestAsync());
        var sent = asked.Json.GetProperty("messages").EnumerateArray()
            .Sum(message => tokens.Count(message.GetProperty("content").GetString()!));
        Assert.That(
            await UsedAsync(),
            Is.EqualTo($"1 answers, {20 + sent} in, {3 + tokens.CountText("Greetings")} out, 0 reasoning, 0 estimated"));
    }

    [Test]
    public async Task A_title_that_is_refused_used_nothing()
    {
        TitleIs(AzureErrors.RateLimited(TimeSpan.FromSeconds(30)));
        Answers(_message, Script.Start().Text("Good day").Finish("stop").Usage(20, 3).Done());
        await TalkAsync(_message);
        await _log.LineAsync(line => line.Category == typeof(ModelTitles).FullName, Token);

        Assert.That(await UsedAsync(), Is.EqualTo("1 answers, 20 in, 3 out, 0 reasoning, 0 estimated"));
    }

    [Test]
    public async Task No_title_is_asked_for_beyond_a_budget()
    {
        await using var app = await ChatApp.StartAsync(Emulator, setup =>
        {
            setup.Settings["Conversations:ModelTitles"] = "true";
            setup.Settings["Budgets:0:Name"] = "Daily";
            setup.Settings["Budgets:0:Of"] = "Tokens";
            setup.Settings["Budgets:0:Per"] = "Day";
            setup.Settings["Budgets:0:Hard"] = "100";
        });
        var others = _message + " others";
        _titles[others] = Script.Answer("Greetings");
        Answers(_message, Script.Start().Text("Good day").Finish("stop").Usage(90, 10).Done());
        Answers(others, Script.Start().Text("Good day").Finish("stop").Usage(50, 10).Done());
        foreach (var message in (string[])[_message, others])
        {
            using var user = app.NewUser();
            user.Http.DefaultRequestHeaders.Add("X-ChatStream-Page", "1");
            await TalkAsync(message, by: user);
        }
        // That of the other user, whose budget is open, comes last.
        for (var i = 0; !IsAbout(await AskedAsync(i), others) || !IsForTitle(await AskedAsync(i)); i++)
        {
        }

        Assert.That(TitleRequests(), Is.Empty);
    }

    [TestCase("<think>\nThe user asks about bread, so a short title\n</think>\n\nBaking bread")]
    [TestCase("The user asks about bread.\n</think>\n\nBaking bread")]
    [TestCase("Baking bread\n<think>Was that short enough?</think>")]
    [TestCase("Baking bread <think>Was that")]
    [TestCase("[THINK]The user asks about bread.[/THINK]Baking bread")]
    public async Task A_title_has_no_reasoning(string answer)
    {
        TitleIs(Script.Answer(answer));
        await TalkAsync(_message);

        await UntilTitleAsync("Baking bread");
    }

    private static IEnumerable<TestCaseData> Failures()
    {
        yield return new TestCaseData(AzureErrors.RateLimited(TimeSpan.FromSeconds(30))).SetArgDisplayNames("rate limited");
        yield return new TestCaseData(Script.Error(500, "oops")).SetArgDisplayNames("a server's error");
        yield return new TestCaseData(Script.Silent().Reset()).SetArgDisplayNames("a reset");
        yield return new TestCaseData(Script.Page(200, "<p>not JSON</p>")).SetArgDisplayNames("no JSON");
    }

    [TestCaseSource(nameof(Failures))]
    public async Task A_title_that_fails_changes_nothing(Script failure)
    {
        TitleIs(failure);
        var talk = await TalkAsync(_message);

        var line = await _log.LineAsync(line => line.Category == typeof(ModelTitles).FullName, Token);

        Assert.That(line.Level, Is.EqualTo(LogLevel.Information));
        Assert.That(line.Text, Does.StartWith("The model gave no title (").And.Not.Contain("Hello"));
        Assert.That(await TitleAsync(), Is.EqualTo(_message));
        Assert.That((await User.FindAsync(talk.AnswerId)).GetProperty("finishReason").GetString(), Is.EqualTo("completed"));
    }

    private static IEnumerable<TestCaseData> Unusable() =>
    [
        .. Failures(),
        new TestCaseData(Script.Answer(new string('x', 200))).SetArgDisplayNames("too long"),
        new TestCaseData(Script.Answer("")).SetArgDisplayNames("empty"),
        new TestCaseData(Script.Start().Text("The user asks about bread, so a").Finish("length").Done())
            .SetArgDisplayNames("cut off"),
    ];

    [TestCaseSource(nameof(Unusable))]
    public async Task A_conversation_asks_for_its_title_once(Script unusable)
    {
        TitleIs(unusable);
        var talk = await TalkAsync(_message);
        await (await TitleRequestAsync()).Ended.WaitAsync(Token);
        TitleIs(Script.Answer("Better"));

        for (var n = 0; n < 3; n++)
            await TalkAsync($"And now {n}", talk.ConversationId);
        // Another conversation, which does ask, comes after them.
        var first = _message;
        _message += " again";
        TitleIs(Script.Answer("Greetings"));
        await TalkAsync(_message);
        await UntilTitleAsync("Greetings");

        _message = first;
        Assert.That(TitleRequests(), Has.Count.EqualTo(1));
    }

    [Test]
    public async Task Without_a_spare_place_no_title_is_asked_for_and_the_next_answer_asks()
    {
        // One place of two is taken. The other one is not for a title.
        await using var app = await ChatApp.StartAsync(Emulator, setup =>
        {
            setup.Settings["Conversations:ModelTitles"] = "true";
            setup.Settings["Limits:Running"] = "2";
        });
        using var user = app.NewUser();
        using var other = app.NewUser();
        user.Http.DefaultRequestHeaders.Add("X-ChatStream-Page", "1");
        Answers("Stall", Script.Start().Text("a").Stall());
        await using var running = await other.StartAsync("Stall");
        await running.UntilTextAsync("a");

        var talk = await TalkAsync(_message, by: user);
        await other.StopAsync(running.GenerationId);
        await TalkAsync("And now", talk.ConversationId, by: user);

        await TitleRequestAsync();
        Assert.That(TitleRequests(), Has.Count.EqualTo(1));
    }

    [Test]
    public async Task Only_the_pages_conversations_get_a_title()
    {
        User.Http.DefaultRequestHeaders.Remove("X-ChatStream-Page");
        using var visitor = Visitor.From(App.Address);
        await TalkAsync($"Cookie {_message}");
        await User.AskAsync($"JSON {_message}");
        (await User.Http.GetAsync($"/chat/stream?message=EventSource {_message}", Token)).Dispose();
        await Visitor.StartAsync(visitor, $"Visitor {_message}", Token);

        // The form of the page without a script does ask.
        using var form = await User.Http.PostAsync(
            "/chat", new FormUrlEncodedContent([new("message", $"Form {_message}")]), Token);
        await TitleRequestAsync();

        Assert.That(TitleRequests().Select(request => request.Body).ToList(), Has.Count.EqualTo(1).And.All.Contains("Form"));
    }

    [TestCase("# **Titles** ", "Titles")]
    [TestCase("a\nb", "a b")]
    [TestCase("机器学习", "机器学习")]
    public async Task A_title_from_the_model_is_cleaned_up(string said, string title)
    {
        TitleIs(Script.Answer(said));
        await TalkAsync(_message);

        await UntilTitleAsync(title);
    }

    [Test]
    public async Task Programs_and_failed_answers_ask_for_no_title()
    {
        Answers("Fail " + _message, AzureErrors.RateLimited(TimeSpan.FromSeconds(30)));
        await TalkAsync("Fail " + _message);
        User.Http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", ProgramKey);
        await TalkAsync("Program " + _message);
        User.Http.DefaultRequestHeaders.Authorization = null;

        // One that does ask comes after them.
        await TalkAsync(_message);
        await UntilTitleAsync("Greetings");

        Assert.That(
            TitleRequests().Select(request => request.Body).ToList(),
            Has.Count.EqualTo(1).And.None.Contains("Fail").And.None.Contains("Program"));
    }

    private static bool IsForTitle(EmulatedRequest request) =>
        request.LastUserMessage.StartsWith("Give this conversation a title", StringComparison.Ordinal);

    private async Task<string> UsedAsync()
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/usage?days=7");
        request.Headers.Accept.ParseAdd("application/json");
        var total = (await User.JsonAsync(request)).Body.GetProperty("total");
        return $"{total.GetProperty("answers")} answers, {total.GetProperty("inputTokens")} in, "
            + $"{total.GetProperty("outputTokens")} out, {total.GetProperty("reasoningTokens")} reasoning, "
            + $"{total.GetProperty("estimated")} estimated";
    }

    private void TitleIs(Script script) => _titles[_message] = script;

    private Script? TitleFor(EmulatedRequest request) => _titles.FirstOrDefault(title => IsAbout(request, title.Key)).Value;

    private List<EmulatedRequest> TitleRequests() =>
        [.. Emulator.Requests.Where(request => IsForTitle(request) && IsAbout(request, _message))];

    private async Task<EmulatedRequest> TitleRequestAsync()
    {
        for (var i = 0; ; i++)
        {
            if (await AskedAsync(i) is var request && IsForTitle(request) && IsAbout(request, _message))
                return request;
        }
    }

    private static bool IsAbout(EmulatedRequest request, string message) =>
        request.Body.Contains($"{message}\"", StringComparison.Ordinal);

    private async Task<string?> TitleAsync() =>
        (await GetAsync("/conversations?limit=1")).Json.GetProperty("conversations")[0].GetProperty("title").GetString();

    private async Task UntilTitleAsync(string title)
    {
        string? last = null;
        while ((last = await TitleAsync()) != title)
        {
            Token.ThrowIfCancellationRequested();
            Assert.That(last, Is.EqualTo(_message));
        }
    }
}
