using ChatStream.Web.Contract;
using ChatStream.Web.Providers;
using ChatStream.Web.Providers.Demo;
using ChatStream.Web.Tests.Providers.ChatCompletions;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Time.Testing;
using NUnit.Framework;

namespace ChatStream.Web.Tests.Providers.Demo;

[CancelAfter(20_000)]
internal sealed class DemoChatClientTests
{
    private static readonly string[] Prompts =
    [
        "Hello", "", "/help", "/long", "/code", "/markdown", "/reason", "/slow", "/empty", "/length", "/filter", "/cut", "/fail",
        "/unknown",
    ];

    [TestCaseSource(nameof(Prompts))]
    public async Task The_same_prompt_gets_the_same_answer(string prompt)
    {
        var (first, second) = (await PlayAsync(prompt), await PlayAsync(prompt));

        Assert.That(second.Updates, Is.EqualTo(first.Updates));
        Assert.That(second.Waits, Is.EqualTo(first.Waits));
    }

    [Test]
    public async Task It_quotes_the_prompt_and_says_how_to_connect_a_deployment()
    {
        var scene = await PlayAsync("Hello there");

        Assert.That(scene.Text, Does.StartWith("You said: “Hello there”\n"));
        Assert.That(scene.Text, Does.Contain("AzureOpenAI__Endpoint="));
        Assert.That(scene.Text, Does.Contain("AzureOpenAI__Deployment=").And.Contain("AzureOpenAI__ApiKey="));
        Assert.That(scene.Finish, Is.EqualTo(ChatFinishReason.Stop));
        Assert.That(scene.Updates[0], Is.EqualTo("-"), "the first update is empty");
        Assert.That(scene.Usage!.InputTokenCount, Is.EqualTo(2));
        Assert.That(scene.Usage.OutputTokenCount, Is.EqualTo(scene.Pieces));
        Assert.That(scene.Usage.ReasoningTokenCount, Is.Null);
    }

    [Test]
    public async Task A_quotation_of_a_long_prompt_does_not_cut_a_character()
    {
        var scene = await PlayAsync(new string('x', 199) + "😀😀");

        Assert.That(scene.Text, Does.StartWith($"You said: “{new string('x', 199)}…”"));
    }

    [Test]
    public async Task Help_names_every_scene()
    {
        var help = (await PlayAsync("/help")).Text;

        Assert.That(
            Prompts.Where(prompt => prompt is ['/', ..] and not ("/unknown" or "/help")),
            Has.All.Matches<string>(prompt => help.Contains($"`{prompt}`", StringComparison.Ordinal)));
    }

    [Test]
    public async Task Long_has_every_paragraph_once()
    {
        var text = (await PlayAsync("/long")).Text;

        Assert.That(Enumerable.Range(1, 60), Has.All.Matches<int>(n => text.Split($"**Paragraph {n} of 60.**").Length == 2));
    }

    [Test]
    public async Task Reason_sends_reasoning_before_the_text()
    {
        var scene = await PlayAsync("/reason");
        var kinds = scene.Updates.Select(update => update.Split(' ')[0]).ToList();

        Assert.That(kinds.LastIndexOf("reasoning"), Is.GreaterThan(10).And.LessThan(kinds.IndexOf("text")));
        Assert.That(scene.Usage!.ReasoningTokenCount, Is.EqualTo(kinds.Count(kind => kind == "reasoning")));
    }

    [Test]
    public async Task Slow_waits_four_seconds_and_then_sends_a_word_a_second()
    {
        var waits = (await PlayAsync("/slow")).Waits;

        Assert.That(waits[0], Is.EqualTo(TimeSpan.FromSeconds(4)));
        Assert.That(waits.Skip(1), Is.Not.Empty.And.All.EqualTo(TimeSpan.FromSeconds(1)));
    }

    [Test]
    public async Task Empty_completes_without_text()
    {
        var scene = await PlayAsync("/empty");

        Assert.That((scene.Text, scene.Finish), Is.EqualTo(("", (ChatFinishReason?)ChatFinishReason.Stop)));
    }

    [Test]
    public async Task Length_ends_at_the_output_limit() =>
        Assert.That((await PlayAsync("/length")).Finish, Is.EqualTo(ChatFinishReason.Length));

    [Test]
    public async Task Filter_stops_an_answer_after_some_text()
    {
        var scene = await PlayAsync("/filter");

        Assert.That(scene.Finish, Is.EqualTo(ChatFinishReason.ContentFilter));
        Assert.That(scene.Text, Is.Not.Empty);
        Assert.That(
            scene.Updates[^1],
            Does.StartWith("error content_filter 'The answer was stopped by the content filter: violence (medium).'"));
    }

    [Test]
    public async Task Cut_breaks_the_connection_after_some_text()
    {
        var scene = await PlayAsync("/cut");

        Assert.That(scene.Text, Is.Not.Empty);
        Assert.That(
            (scene.Failure!.Code, scene.Failure.Message),
            Is.EqualTo((FailureCode.ModelUnavailable, "The connection to the model service broke.")));
    }

    [TestCase("/fail", FailureCode.ModelUnavailable, null)]
    [TestCase("/fail model_unavailable", FailureCode.ModelUnavailable, null)]
    [TestCase("/fail nonsense", FailureCode.ModelUnavailable, null)]
    [TestCase("/fail rate_limited", FailureCode.RateLimited, 20)]
    [TestCase("/fail quota_exhausted", FailureCode.QuotaExhausted, null)]
    [TestCase("/fail content_filter", FailureCode.ContentFilter, null)]
    [TestCase("/fail context_length_exceeded", FailureCode.ContextLengthExceeded, null)]
    [TestCase("/fail model_timeout", FailureCode.ModelTimeout, null)]
    [TestCase("/fail model_rejected now please", FailureCode.ModelRejected, null)]
    [TestCase("  /fail   not_configured", FailureCode.NotConfigured, null)]
    [TestCase("/fail malformed_response", FailureCode.MalformedResponse, null)]
    public async Task Fail_sends_only_its_failure(string prompt, FailureCode code, int? retryAfter)
    {
        var scene = await PlayAsync(prompt);

        Assert.That(scene.Updates, Is.Empty);
        Assert.That((scene.Failure!.Code, scene.Failure.RetryAfter), Is.EqualTo((code, retryAfter)));
    }

    [Test]
    public async Task It_answers_the_last_prompt()
    {
        ChatMessage[] messages =
        [
            new(ChatRole.User, "/fail"), new(ChatRole.Assistant, "no"),
            new(ChatRole.User, "/length"), new(ChatRole.Assistant, "more"),
        ];
        var response = await new DemoChatClient(new ImmediateTime()).GetResponseAsync(messages);

        Assert.That(response.FinishReason, Is.EqualTo(ChatFinishReason.Length));
    }

    [TestCase("/filter\n\nHello there", "You said: “Hello there”")]
    [TestCase("/fail\n\nOne\n\nTwo", "You said: “One\n\nTwo”")]
    [TestCase("/filter\n\nHello\n\n/slow", "Slow answers")]
    [TestCase("One\n\nTwo", "You said: “One\n\nTwo”")]
    public async Task A_command_whose_answer_failed_is_over(string prompt, string answer) =>
        Assert.That((await PlayAsync(prompt)).Text, Does.StartWith(answer));

    [Test]
    public async Task It_waits_before_each_token_and_stops_when_cancelled()
    {
        var time = new FakeTimeProvider();
        using var caller = new CancellationTokenSource();
        using var client = new DemoChatClient(time);
        await using var updates = client.GetStreamingResponseAsync(TestModel.Hello, options: null, caller.Token)
            .GetAsyncEnumerator(caller.Token);

        var first = updates.MoveNextAsync().AsTask();
        time.Advance(TimeSpan.FromMilliseconds(399));
        Assert.That(first.IsCompleted, Is.False);
        time.Advance(TimeSpan.FromMilliseconds(1));
        Assert.That(await first, Is.True);

        var second = updates.MoveNextAsync().AsTask();
        Assert.That(second.IsCompleted, Is.False);
        await caller.CancelAsync();
        Assert.That(() => second, Throws.InstanceOf<OperationCanceledException>());
    }

    /// <summary>Runs the demo model without waiting, and records its waits and updates.</summary>
    private static async Task<Played> PlayAsync(string prompt)
    {
        var time = new ImmediateTime();
        var played = new Played { Waits = time.Waits };
        try
        {
            await foreach (var update in new DemoChatClient(time).GetStreamingResponseAsync([new(ChatRole.User, prompt)]))
            {
                played.Updates.Add(TestModel.Describe(update));
                played.Text += update.Text;
                played.Pieces += update.Text.Length > 0 ? 1 : 0;
                played.Finish ??= update.FinishReason;
                played.Usage ??= update.Contents.OfType<UsageContent>().FirstOrDefault()?.Details;
            }
        }
        catch (ModelException failure)
        {
            played.Failure = failure;
        }
        return played;
    }

    private sealed class Played
    {
        public required List<TimeSpan> Waits { get; init; }
        public List<string> Updates { get; } = [];
        public string Text { get; set; } = "";
        public int Pieces { get; set; }
        public ChatFinishReason? Finish { get; set; }
        public UsageDetails? Usage { get; set; }
        public ModelException? Failure { get; set; }
    }
}
