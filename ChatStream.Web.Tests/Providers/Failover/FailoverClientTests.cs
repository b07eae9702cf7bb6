using ChatStream.Web.Contract;
using ChatStream.Web.Providers;
using ChatStream.Web.Providers.Failover;
using ChatStream.Web.Tests.Infrastructure;
using ChatStream.Web.Tests.Providers.ChatCompletions;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;
using NUnit.Framework;

namespace ChatStream.Web.Tests.Providers.Failover;

/// <summary>A model's deployments, best first: one that fails before the first word is replaced by the next.</summary>
[CancelAfter(20_000)]
internal sealed class FailoverClientTests
{
    private readonly FakeTimeProvider _time = new();
    private FakeDeployment _one, _two, _three;
    private LogCapture _log;
    private FailoverClient _client;

    private static CancellationToken Token => TestContext.CurrentContext.CancellationToken;

    [SetUp]
    public void Begin()
    {
        (_one, _two, _three, _log) = (new("one"), new("two"), new("three"), new LogCapture());
        _client = Over(_one, _two, _three);
    }

    [TearDown]
    public void Dispose() => _client.Dispose();

    [Test]
    public async Task The_first_deployment_answers()
    {
        Assert.That(await AskAsync(), Is.EqualTo("one"));
        Assert.That((_one.Requests, _two.Requests, _three.Requests), Is.EqualTo((1, 0, 0)));
    }

    [TestCase(FailureCode.RateLimited)]
    [TestCase(FailureCode.QuotaExhausted)]
    [TestCase(FailureCode.ModelUnavailable)]
    [TestCase(FailureCode.ModelTimeout)]
    [TestCase(FailureCode.NotConfigured)]
    public async Task The_next_one_answers_if_one_fails_before_the_first_word(FailureCode code)
    {
        _one.Fails(code);
        _two.Fails(code, retryAfter: null, Empty(), new(ChatRole.Assistant, ""), Usage());

        Assert.That(await AskAsync(), Is.EqualTo("three (fallback)"));
        Assert.That((_one.Requests, _two.Requests, _three.Requests), Is.EqualTo((1, 1, 1)));
    }

    [TestCase(FailureCode.ContentFilter)]
    [TestCase(FailureCode.ContextLengthExceeded)]
    [TestCase(FailureCode.ModelRejected)]
    [TestCase(FailureCode.MalformedResponse)]
    public async Task A_failure_that_any_deployment_would_have_is_passed_on(FailureCode code)
    {
        _one.Fails(code);

        Assert.That((await FailureAsync()).Code, Is.EqualTo(code));
        Assert.That(_two.Requests, Is.Zero);
        _one.Answer = _ => FakeDeployment.Says("well");
        Assert.That(await AskAsync(), Is.EqualTo("well"), "it does not cool");
    }

    [Test]
    public async Task An_answer_that_ends_before_its_first_word_is_asked_for_elsewhere()
    {
        _one.Answer = _ => FakeDeployment.Failing(
            new ModelException(FailureCode.MalformedResponse, "It ended.") { IsOfConnection = true }, []);

        Assert.That(await AskAsync(), Is.EqualTo("two (fallback)"));
    }

    [Test]
    public async Task After_the_first_word_nothing_is_asked_again([Values] bool isReasoning)
    {
        _one.Fails(FailureCode.ModelUnavailable, retryAfter: null, Empty(), isReasoning
            ? new ChatResponseUpdate(ChatRole.Assistant, [new TextReasoningContent("Hm")])
            : new ChatResponseUpdate(ChatRole.Assistant, "Hi"));

        Assert.That((await FailureAsync()).Message, Is.EqualTo("one failed."));
        Assert.That(_two.Requests, Is.Zero);
    }

    [Test]
    public async Task An_answer_without_words_is_an_answer()
    {
        _one.Fails(FailureCode.ModelUnavailable, retryAfter: null,
            new ChatResponseUpdate { Role = ChatRole.Assistant, FinishReason = ChatFinishReason.Stop });

        await FailureAsync();
        Assert.That(_two.Requests, Is.Zero);
    }

    [Test]
    public async Task A_deployment_that_cools_is_not_asked()
    {
        _one.Fails(FailureCode.RateLimited, retryAfter: 20);
        await AskAsync();
        _one.Answer = _ => FakeDeployment.Says("one");

        Assert.That(await AskAsync(), Is.EqualTo("two (fallback)"));
        Assert.That(_one.Requests, Is.EqualTo(1));
        _time.Advance(TimeSpan.FromSeconds(20));
        Assert.That(await AskAsync(), Is.EqualTo("one"));
    }

    [Test]
    public async Task If_all_cool_the_shortest_wait_is_told_at_once()
    {
        _one.Fails(FailureCode.RateLimited, retryAfter: 30);
        _two.Fails(FailureCode.RateLimited, retryAfter: 12);
        _three.Fails(FailureCode.RateLimited, retryAfter: 86_400);
        Assert.That(Told(await FailureAsync()), Is.EqualTo((FailureCode.RateLimited, 12)));

        _time.Advance(TimeSpan.FromSeconds(4));
        Assert.That(Told(await FailureAsync()), Is.EqualTo((FailureCode.RateLimited, 8)));
        Assert.That((_one.Requests, _two.Requests, _three.Requests), Is.EqualTo((1, 1, 1)), "nothing was sent");
    }

    [TestCase(FailureCode.RateLimited, FailureCode.ModelUnavailable, FailureCode.RateLimited, 5)]
    [TestCase(FailureCode.NotConfigured, FailureCode.ModelUnavailable, FailureCode.ModelUnavailable, 5)]
    [TestCase(FailureCode.NotConfigured, FailureCode.ModelTimeout, FailureCode.ModelTimeout, 5)]
    [TestCase(FailureCode.NotConfigured, FailureCode.QuotaExhausted, FailureCode.QuotaExhausted, null)]
    [TestCase(FailureCode.NotConfigured, FailureCode.NotConfigured, FailureCode.NotConfigured, null)]
    [TestCase(FailureCode.QuotaExhausted, FailureCode.RateLimited, FailureCode.RateLimited, 30)]
    public async Task The_failure_that_is_most_likely_to_pass_is_told(
        FailureCode one, FailureCode two, FailureCode told, int? seconds)
    {
        _client = Over(_one, _two);
        _one.Fails(one, one == FailureCode.RateLimited ? 30 : null);
        _two.Fails(two, two == FailureCode.RateLimited ? 30 : null);

        Assert.That(Told(await FailureAsync()), Is.EqualTo((told, seconds)));
        Assert.That(Told(await FailureAsync()), Is.EqualTo((told, seconds)), "while both cool");
        Assert.That((_one.Requests, _two.Requests), Is.EqualTo((1, 1)));
    }

    [Test]
    public async Task A_lone_deployment_cools_after_a_rate_limit_only()
    {
        _client = Over(_one);
        FailureCode[] others =
        [
            FailureCode.ModelUnavailable, FailureCode.ModelTimeout, FailureCode.NotConfigured, FailureCode.QuotaExhausted,
        ];
        foreach (var code in others)
        {
            _one.Fails(code);
            Assert.That(Told(await FailureAsync()), Is.EqualTo((code, (int?)null)));
        }
        Assert.That(_one.Requests, Is.EqualTo(4));

        _one.Fails(FailureCode.RateLimited);
        Assert.That(Told(await FailureAsync()), Is.EqualTo((FailureCode.RateLimited, 5)));
        Assert.That(Told(await FailureAsync()), Is.EqualTo((FailureCode.RateLimited, 5)));
        Assert.That(_one.Requests, Is.EqualTo(5));
    }

    [Test]
    public async Task Of_200_requests_after_a_cool_down_one_is_sent_and_the_others_use_the_next_deployment()
    {
        _client = Over(_one, _two);
        _one.Fails(FailureCode.RateLimited, retryAfter: 20);
        await AskAsync();
        _time.Advance(TimeSpan.FromSeconds(20));
        var gate = new TaskCompletionSource();
        _one.WaitsFor(gate.Task);

        var asked = Enumerable.Range(0, 200).Select(_ => AskAsync()).ToList();
        var first = await Task.WhenAll(await FirstAsync(asked, 199));
        Assert.That(first, Is.All.EqualTo("two (fallback)"));
        Assert.That((_one.Requests, _two.Requests), Is.EqualTo((2, 200)), "with the two of before");
        gate.SetResult();

        Assert.That((await Task.WhenAll(asked)).Count(answer => answer == "one"), Is.EqualTo(1));
        Assert.That(await AskAsync(), Is.EqualTo("one"));
    }

    [Test]
    public async Task Of_200_requests_to_a_lone_deployment_after_a_cool_down_one_is_sent_and_the_others_are_refused()
    {
        _client = Over(_one);
        _one.Fails(FailureCode.RateLimited, retryAfter: 20);
        await FailureAsync();
        _time.Advance(TimeSpan.FromSeconds(20));
        var gate = new TaskCompletionSource();
        _one.WaitsFor(gate.Task);

        var asked = Enumerable.Range(0, 200).Select(_ => AskAsync()).ToList();
        foreach (var refused in await FirstAsync(asked, 199))
        {
            Assert.That(
                async () => await refused,
                Throws.TypeOf<ModelException>().With.Property(nameof(ModelException.RetryAfter)).EqualTo(1));
        }
        Assert.That(_one.Requests, Is.EqualTo(2));
        gate.SetResult();

        Assert.That(await asked.Single(task => !task.IsFaulted), Is.EqualTo("one"));
    }

    [Test]
    public async Task A_probe_that_is_refused_after_it_has_begun_lets_nobody_through()
    {
        _client = Over(_one, _two);
        _one.Fails(FailureCode.RateLimited, retryAfter: 20);
        await AskAsync();
        _time.Advance(TimeSpan.FromSeconds(20));
        var gate = new TaskCompletionSource();
        _one.BeginsAndFailsAfter(gate.Task, FailureCode.RateLimited);

        var asked = Enumerable.Range(0, 200).Select(_ => AskAsync()).ToList();
        Assert.That(await Task.WhenAll(await FirstAsync(asked, 199)), Is.All.EqualTo("two (fallback)"));
        gate.SetResult();

        Assert.That(await Task.WhenAll(asked), Is.All.EqualTo("two (fallback)"));
        Assert.That(_one.Requests, Is.EqualTo(2), "the first one, and the probe");
        _time.Advance(TimeSpan.FromSeconds(5));
        await AskAsync();
        Assert.That(_one.Requests, Is.EqualTo(2), "a probe that fails doubles the cool-down");
    }

    [Test]
    public async Task A_probe_that_has_begun_and_thinks_for_long_counts_as_answered()
    {
        _client = Over(_one, _two);
        _one.Fails(FailureCode.ModelUnavailable);
        await AskAsync();
        _time.Advance(TimeSpan.FromSeconds(5));
        var gate = new TaskCompletionSource();
        _one.BeginsAndFailsAfter(gate.Task, FailureCode.ModelUnavailable);
        var probe = AskAsync();

        Assert.That(await AskAsync(), Is.EqualTo("two (fallback)"));
        _time.Advance(CoolDown.ProbePatience);
        _one.Answer = _ => FakeDeployment.Says("one");
        Assert.That(await AskAsync(), Is.EqualTo("one"));
        gate.SetResult();
        Assert.That(await probe, Is.EqualTo("two (fallback)"));
    }

    [Test]
    public async Task A_stop_ends_it_at_once_and_asks_no_other_deployment()
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Token);
        _one.WaitsFor(new TaskCompletionSource().Task);
        var asked = AskAsync(stop.Token);
        await stop.CancelAsync();

        Assert.That(async () => await asked, Throws.InstanceOf<OperationCanceledException>());
        Assert.That(_two.Requests, Is.Zero);
    }

    [Test]
    public void A_stop_that_meets_a_failure_asks_no_other_deployment()
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Token);
        _one.FailsAfter(() => stop.Cancel(), FailureCode.ModelUnavailable);

        Assert.That(async () => await AskAsync(stop.Token), Throws.InstanceOf<OperationCanceledException>());
        _client = Over(_one, _two);
        Assert.That(
            async () => await _client.GetResponseAsync(TestModel.Hello, options: null, stop.Token),
            Throws.InstanceOf<OperationCanceledException>());
        Assert.That((_one.Requests, _two.Requests), Is.EqualTo((2, 0)));
    }

    [Test]
    public async Task A_stopped_probe_lets_the_next_request_probe()
    {
        _client = Over(_one);
        _one.Fails(FailureCode.RateLimited, retryAfter: 20);
        await FailureAsync();
        _time.Advance(TimeSpan.FromSeconds(20));
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Token);
        _one.WaitsFor(new TaskCompletionSource().Task);
        var probe = AskAsync(stop.Token);
        await stop.CancelAsync();
        Assert.That(async () => await probe, Throws.InstanceOf<OperationCanceledException>());

        _one.Answer = _ => FakeDeployment.Says("one");
        Assert.That(await AskAsync(), Is.EqualTo("one"));
    }

    [Test]
    public async Task No_deployment_is_asked_after_the_total_time_of_an_answer()
    {
        _one.FailsAfter(() => _time.Advance(TimeSpan.FromMinutes(30)), FailureCode.ModelTimeout);

        Assert.That((await FailureAsync()).Code, Is.EqualTo(FailureCode.ModelTimeout));
        Assert.That(_two.Requests, Is.Zero);
    }

    [Test]
    public async Task A_whole_answer_fails_over_too()
    {
        _one.Fails(FailureCode.RateLimited, retryAfter: 20);
        var answer = await _client.GetResponseAsync(TestModel.Hello, options: null, Token);

        Assert.That(answer.Text, Is.EqualTo("two"));
        _two.Fails(FailureCode.RateLimited, retryAfter: 9);
        _three.Fails(FailureCode.ContentFilter);
        Assert.That(
            () => _client.GetResponseAsync(TestModel.Hello, options: null, Token),
            Throws.TypeOf<ModelException>().With.Property(nameof(ModelException.Code)).EqualTo(FailureCode.ContentFilter));
        Assert.That(_one.Requests, Is.EqualTo(1));
    }

    [Test]
    public async Task The_log_is_loud_about_a_deployment_that_somebody_must_care_for()
    {
        _one.Fails(FailureCode.NotConfigured);
        _two.Fails(FailureCode.ModelUnavailable);
        await AskAsync();

        Assert.That(_log.Lines.Select(line => (line.Level, line.Text)), Is.EqualTo(new[]
        {
            (LogLevel.Error, "The deployment one, number 1 of the model big, needs attention: one failed. (no exception) "
                + "The model's other deployments are asked instead."),
            (LogLevel.Warning, "The deployment two, number 2 of the model big, failed before the first word: two failed. "
                + "(no exception)"),
        }));
    }

    [Test]
    public void It_gives_the_services_of_its_first_deployment()
    {
        Assert.That(_client.GetService<FailoverClient>(), Is.SameAs(_client));
        Assert.That(_client.GetService<FakeDeployment>(), Is.SameAs(_one));
    }

    private static ChatResponseUpdate Empty() => new(ChatRole.Assistant, []);

    private static ChatResponseUpdate Usage() => new(ChatRole.Assistant, [new UsageContent(new UsageDetails())]);

    private static (FailureCode Code, int? RetryAfter) Told(ModelException failure) => (failure.Code, failure.RetryAfter);

    /// <summary>Waits until so many of the tasks have ended, and returns those.</summary>
    private static async Task<List<Task<string>>> FirstAsync(List<Task<string>> tasks, int count)
    {
        var ended = new List<Task<string>>();
        await foreach (var task in Task.WhenEach(tasks).WithCancellation(Token))
        {
            ended.Add(task);
            if (ended.Count == count)
                break;
        }
        return ended;
    }

    private FailoverClient Over(params FakeDeployment[] deployments) => new(
        "big", [.. deployments.Select(deployment => deployment.With(new CoolDown(new FailoverOptions(), _time)))],
        new ModelTimeouts().Total, _time, new Logger<FailoverClient>(new LoggerFactory([_log])));

    private async Task<ModelException> FailureAsync()
    {
        try
        {
            Assert.Fail($"There was no failure: {await AskAsync()}");
            throw new InvalidOperationException();
        }
        catch (ModelException failure)
        {
            return failure;
        }
    }

    /// <summary>The text of the answer, and whether a fallback gave it. The update that says so must come first.</summary>
    private async Task<string> AskAsync(CancellationToken? cancellationToken = null)
    {
        var (text, by) = ("", (AnsweringDeployment?)null);
        await foreach (var update in _client.GetStreamingResponseAsync(
            TestModel.Hello, options: null, cancellationToken ?? Token))
        {
            by = AnsweringDeployment.Of(update) ?? by;
            Assert.That(by, Is.Not.Null);
            text += update.Text;
        }
        return by!.IsFallback ? $"{text} (fallback)" : text;
    }
}
