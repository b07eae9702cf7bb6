using System.Globalization;
using ChatStream.Emulator;
using ChatStream.Web.Tests.Infrastructure;
using Microsoft.Extensions.DependencyInjection;
using NUnit.Framework;

namespace ChatStream.Web.Tests.Integration;

/// <summary>
/// A model with two deployments, over real sockets. Each test has a model of its own, because the app remembers failures.
/// </summary>
internal sealed class FailoverTests : AppTest
{
    private const string Fallback = """{"phase":"thinking","detail":"fallback"}""";

    private static readonly string[] Models = [.. Enumerable.Range(0, 24).Select(i => $"model-{i}")];

    private readonly WatchedTime _time = new();
    private readonly Dictionary<string, Script> _byDeployment = [];
    private int _used;
    private string _model = "";

    protected override void Configure(ChatApp.Setup setup)
    {
        setup.Settings["Failover:LongestCoolDown"] = "00:01:00";
        for (var i = 0; i < Models.Length; i++)
        {
            setup.Settings[$"Models:{i}:Name"] = Models[i];
            Add(setup, $"Models:{i}:Deployments:0", Emulator.Endpoint, $"{Models[i]}-east");
            Add(setup, $"Models:{i}:Deployments:1", Emulator.Endpoint, $"{Models[i]}-west");
        }
        setup.Settings[$"Models:{Models.Length}:Name"] = "unreachable";
        Add(setup, $"Models:{Models.Length}:Deployments:0", EmulatorServer.RefusingEndpoint(), "unreachable-east");
        Add(setup, $"Models:{Models.Length}:Deployments:1", Emulator.Endpoint, "unreachable-west");
        foreach (var (i, name) in new[] { "lone", "the-same" }.Index())
        {
            setup.Settings[$"Models:{Models.Length + 1 + i}:Name"] = name;
            Add(setup, $"Models:{Models.Length + 1 + i}:Deployments:0", Emulator.Endpoint, "lone-east");
        }
        Emulator.On(request =>
        {
            lock (_byDeployment)
                return _byDeployment.GetValueOrDefault(request.Deployment);
        });
        setup.Services = services => services.AddSingleton<TimeProvider>(_time);
    }

    [SetUp]
    public void TakeModel() => _model = Models[_used++];

    private static IEnumerable<TestCaseData> Refusals()
    {
        yield return Case("429 with retry-after-ms", Script.Error(429, "{}", ("retry-after-ms", "20000")));
        yield return Case("429 with Retry-After", Script.Error(429, "{}", ("Retry-After", "20")));
        yield return Case("429 with a wait of a day", AzureErrors.RateLimited(TimeSpan.FromDays(1)));
        yield return Case("429 without a time", Script.Error(429, "{}"));
        yield return Case("429 without quota", Script.Error(429, """{"error":{"code":"insufficient_quota"}}"""));
        yield return Case("408", Script.Error(408, "{}"));
        yield return Case("500", AzureErrors.ServerError());
        yield return Case("503", AzureErrors.ServiceUnavailable());
        yield return Case("502 of a proxy", Script.Page(502, "<h1>Bad Gateway</h1>"));
        yield return Case("401", AzureErrors.Unauthorized());
        yield return Case("404", AzureErrors.DeploymentNotFound());
        yield return Case("cut before the first word", Script.Start().Cut());
        yield return Case("an error in the stream before the first word", Script.Start().ErrorEvent("server_error", "oops"));
    }

    [TestCaseSource(nameof(Refusals))]
    public async Task Another_deployment_answers_and_the_failed_one_is_left_alone(Script refusal)
    {
        East(refusal);

        await using var first = await AskAsync();
        Assert.That(first.Text, Is.EqualTo("Hello"));
        Assert.That(first.Frames.Select(frame => frame.Data), Has.Member(Fallback));
        Assert.That(first.Frames.Count(frame => frame.Event is "finish" or "stop"), Is.EqualTo(2));
        Assert.That(await DeploymentsAsync(2), Is.EqualTo(new[] { $"{_model}-east", $"{_model}-west" }));

        await using var second = await AskAsync();
        Assert.That(second.Text, Is.EqualTo("Hello"));
        Assert.That(await DeploymentsAsync(3), Is.EqualTo(new[] { $"{_model}-east", $"{_model}-west", $"{_model}-west" }));
    }

    [Test]
    public async Task A_date_in_retry_after_is_a_wait_until_then()
    {
        var until = _time.GetUtcNow() + TimeSpan.FromSeconds(30);
        East(Script.Error(429, "{}", ("Retry-After", until.ToString("R", CultureInfo.InvariantCulture))));
        await using var first = await AskAsync();
        _time.Advance(TimeSpan.FromSeconds(28));
        await using var second = await AskAsync();
        Assert.That(Asked, Is.EqualTo(3), "it cools still");

        East(Script.Echo());
        _time.Advance(TimeSpan.FromSeconds(3));
        await using var third = await AskAsync();
        Assert.That(third.Frames.Select(frame => frame.Data), Has.None.EqualTo(Fallback));
    }

    [Test]
    public async Task Another_deployment_answers_if_one_refuses_connections()
    {
        _model = "unreachable";
        await using var stream = await AskAsync();

        Assert.That(stream.Text, Is.EqualTo("Hello"));
        Assert.That(stream.Frames.Select(frame => frame.Data), Has.Member(Fallback));
    }

    [Test]
    public async Task Another_deployment_answers_if_one_sends_nothing_in_time()
    {
        East(Script.Silent().Stall());
        await using var stream = await User.StreamAsync(Post(), Token);
        var request = await AskedAsync();
        for (var second = 0; second <= 300; second++) // a timer that was set late is due late
            _time.Advance(TimeSpan.FromSeconds(1));
        await stream.ToEndAsync();

        Assert.That(stream.Text, Is.EqualTo("Hello"));
        Assert.That(stream.Frames.Select(frame => frame.Data), Has.Member(Fallback));
        Assert.That((await request.Ended).Outcome, Is.EqualTo(RequestOutcome.ClientClosed));
    }

    [Test]
    public async Task After_the_first_word_nothing_is_asked_again([Values] bool isReasoning)
    {
        East(isReasoning ? Script.Start().Reasoning("Hm").Cut() : Script.Start().Text("Hi").Cut());
        await using var stream = await AskAsync();

        Assert.That(stream.Frames[^3].Json.GetProperty("code").GetString(), Is.EqualTo("model_unavailable"));
        Assert.That(Asked, Is.EqualTo(1));
    }

    [Test]
    public async Task If_all_cool_the_shortest_wait_is_told_without_a_request()
    {
        East(AzureErrors.RateLimited(TimeSpan.FromSeconds(30)));
        West(AzureErrors.RateLimited(TimeSpan.FromSeconds(20)));
        await using var first = await AskAsync();
        _time.Advance(TimeSpan.FromSeconds(8));
        var (response, problem) = await User.JsonAsync(Post("application/json"));

        Assert.That(first.Frames[^3].Json.GetProperty("retryAfter").GetInt32(), Is.EqualTo(20));
        Assert.That(((int)response.StatusCode, response.Headers.RetryAfter!.ToString()), Is.EqualTo((429, "12")));
        Assert.That(problem.GetProperty("failure").GetProperty("code").GetString(), Is.EqualTo("rate_limited"));
        Assert.That(Asked, Is.EqualTo(2));
    }

    [Test]
    public async Task Two_models_with_one_deployment_share_its_cool_down()
    {
        _model = "lone";
        East(AzureErrors.RateLimited(TimeSpan.FromSeconds(30)));
        await using var first = await AskAsync();
        _model = "the-same";
        await using var second = await AskAsync();

        Assert.That(
            new[] { first, second }.Select(stream => stream.Frames[^3].Json.GetProperty("retryAfter").GetInt32()),
            Is.EqualTo(new[] { 30, 30 }));
        Assert.That(Asked, Is.EqualTo(1));

        _model = "lone";
        East(Script.Echo());
        _time.Advance(TimeSpan.FromSeconds(30));
        await using var third = await AskAsync();
        Assert.That(third.Text, Is.EqualTo("Hello"));
    }

    [Test]
    public async Task A_used_up_quota_is_no_rate_limit()
    {
        var used = Script.Error(429, """{"error":{"type":"insufficient_quota","code":null,"message":"secret"}}""");
        East(used);
        West(used);
        var (response, problem) = await User.JsonAsync(Post("application/json"));

        Assert.That(((int)response.StatusCode, response.Headers.RetryAfter?.ToString()), Is.EqualTo((503, (string?)null)));
        Assert.That(problem.GetProperty("failure").GetRawText(), Is.EqualTo(
            """{"code":"quota_exhausted","message":"The quota or the budget of the model's deployment is used up."}"""));
    }

    [Test]
    public async Task A_stop_while_a_deployment_is_silent_asks_no_other()
    {
        East(Script.Silent().Stall());
        await using var stream = await User.StreamAsync(Post(), Token);
        await stream.NextAsync();
        var request = await AskedAsync();
        (await User.StopAsync(stream.GenerationId)).Dispose();
        await stream.ToEndAsync();

        Assert.That(stream.Frames[^2].Data, Is.EqualTo("""{"reason":"stopped"}"""));
        Assert.That((await request.Ended).Outcome, Is.EqualTo(RequestOutcome.ClientClosed));
        Assert.That(Asked, Is.EqualTo(1));
    }

    private static TestCaseData Case(string name, Script refusal) => new TestCaseData(refusal).SetArgDisplayNames(name);

    private static void Add(ChatApp.Setup setup, string key, Uri endpoint, string deployment)
    {
        setup.Settings[$"{key}:Endpoint"] = endpoint.ToString();
        setup.Settings[$"{key}:Deployment"] = deployment;
        setup.Settings[$"{key}:ApiKey"] = "emulator-key";
    }

    private void East(Script script) => Set("east", script);

    private void West(Script script) => Set("west", script);

    private void Set(string region, Script script)
    {
        lock (_byDeployment)
            _byDeployment[$"{_model}-{region}"] = script;
    }

    private HttpRequestMessage Post(string accept = "text/event-stream") =>
        ChatClient.Post(new { message = "Hello", model = _model }, accept);

    private async Task<EventStream> AskAsync() => await (await User.StreamAsync(Post(), Token)).ToEndAsync();

    /// <summary>The deployments that were asked in this test, in order.</summary>
    private async Task<string[]> DeploymentsAsync(int count)
    {
        Assert.That(Asked, Is.EqualTo(count));
        var asked = new List<string>();
        for (var i = 0; i < count; i++)
            asked.Add((await AskedAsync(i)).Deployment);
        return [.. asked];
    }
}
