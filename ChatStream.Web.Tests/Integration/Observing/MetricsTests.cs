using System.Net;
using System.Text.RegularExpressions;
using ChatStream.Emulator;
using ChatStream.Web.Tests.Infrastructure;
using NUnit.Framework;

namespace ChatStream.Web.Tests.Integration.Observing;

/// <summary>
/// What Prometheus reads of a process that has answered: a real one, because instruments belong to the process.
/// </summary>
[CancelAfter(120_000)]
internal sealed partial class MetricsTests
{
    private const string Question = "a-question-that-no-metric-may-have";

    private EmulatorServer _emulator = null!;
    private AppProcess _app = null!;
    private string _folder = null!;
    private Uri _metrics = null!;
    private string _served = null!;

    private static CancellationToken Token => TestContext.CurrentContext.CancellationToken;

    [OneTimeSetUp]
    public async Task AnswerAsync()
    {
        // Words that arrive together are one piece of text.
        var gate = new Gate();
        _emulator = await EmulatorServer.StartAsync();
        _emulator.On(request => request.LastUserMessage switch
        {
            "Fail" => Script.Error(429, """{"error":{"code":"429","message":"Busy."}}""", ("Retry-After", "1")),
            "Stall" => Script.Start().Text("Hel").Stall(),
            _ => Script.Start().Text("One ").Wait(gate).Text("two ").Wait(gate).Text("three")
                .Finish("stop").Usage(1_000, 200, reasoning: 50).Done(),
        });
        _folder = Directory.CreateTempSubdirectory("chatstream-metrics-").FullName;
        _metrics = new Uri($"http://127.0.0.1:{FreePort.Find()}/metrics");
        _app = await AppProcess.StartAsync(
            AppProcess.Built, _folder, ("AzureOpenAI:Endpoint", _emulator.Endpoint.ToString()),
            ("AzureOpenAI:Deployment", "gpt-4o"), ("AzureOpenAI:ApiKey", "key"), ("AzureOpenAI:Price:Currency", "USD"),
            ("AzureOpenAI:Price:Input", "2.5"), ("AzureOpenAI:Price:Output", "10"), ("Limits:RunningPerUser", "1"),
            ("Conversations:ModelTitles", "false"), ("Telemetry:MetricsAddress", _metrics.GetLeftPart(UriPartial.Authority)));
        using var user = _app.NewUser();
        await using (var stream = await user.StartAsync(Question, CancellationToken.None))
        {
            foreach (var word in new[] { "One", "two" })
            {
                await stream.UntilTextAsync(word);
                gate.LetOne();
            }
            await stream.ToEndAsync();
        }
        await using (var stream = await user.StartAsync("Stall", CancellationToken.None))
        {
            await stream.UntilTextAsync("Hel");
            // A checkpoint is made while an answer runs.
            using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(1), TimeProvider.System);
            do
                _served = await ReadAsync(limit.Token);
            while (!_served.Contains("chatstream_checkpoint_commit_seconds", StringComparison.Ordinal));
            using var refused = await user.Http.SendAsync(ChatClient.Post(new { message = "More" }));
            Assert.That((int)refused.StatusCode, Is.EqualTo(429));
            await user.StopAsync(stream.GenerationId);
        }
        await user.AskAsync("Fail"); // last: after it the deployment cools
        // The end is counted a little after its reader has it.
        while (!(await ReadAsync(CancellationToken.None)).Contains("failure=\"rate_limited\"", StringComparison.Ordinal))
            await Task.Yield();
    }

    [OneTimeTearDown]
    public async Task StopAsync()
    {
        if (_app is not null)
            await _app.DisposeAsync();
        await _emulator.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    [Test]
    public void While_an_answer_runs_it_and_its_reader_are_counted()
    {
        Assert.That(Value(_served, "chatstream_answers_running"), Is.EqualTo(1));
        Assert.That(Value(_served, "chatstream_readers"), Is.EqualTo(1));
    }

    [Test]
    public async Task Ends_tokens_cost_and_times_are_told()
    {
        var served = await ReadAsync();

        using var scope = Assert.EnterMultipleScope();
        Assert.That(
            Value(served, "chatstream_answers_ended", "reason=\"completed\"", "failure=\"none\"", "model=\"gpt-4o\""),
            Is.EqualTo(1));
        Assert.That(Value(served, "chatstream_answers_ended", "reason=\"failed\"", "failure=\"rate_limited\""), Is.EqualTo(1));
        Assert.That(Value(served, "chatstream_answers_ended", "reason=\"stopped\""), Is.EqualTo(1));
        Assert.That(Value(served, "chatstream_tokens", "type=\"reasoning\""), Is.EqualTo(50));
        Assert.That(Value(served, "chatstream_tokens", "type=\"input\""), Is.GreaterThanOrEqualTo(1_000));
        Assert.That(Value(served, "chatstream_cost", "currency=\"USD\""), Is.GreaterThanOrEqualTo(0.0045));
        Assert.That(Value(served, "chatstream_deployment_cool_downs", "deployment=\"gpt-4o\""), Is.EqualTo(1));
        Assert.That(Value(served, "chatstream_limits_hit", "limit=\"too_many_running\""), Is.EqualTo(1));
        Assert.That(Value(served, "chatstream_answer_first_word_seconds_count"), Is.EqualTo(2), "of the two with a word");
        Assert.That(Value(served, "chatstream_answer_word_gap_seconds_count"), Is.EqualTo(2), "of three words");
        Assert.That(Value(served, "chatstream_answer_start_seconds_count"), Is.EqualTo(3));
        Assert.That(Value(served, "chatstream_answer_stop_seconds_count"), Is.EqualTo(1));
        Assert.That(Value(served, "chatstream_checkpoint_lag_seconds"), Is.Zero);
    }

    [Test]
    public async Task Dashboard_and_alerts_name_only_metrics_and_labels_that_are_served()
    {
        var served = await ReadAsync();
        var names = Names(served);
        var labels = Labels().Matches(served).Select(match => match.Groups[1].Value).ToHashSet();
        foreach (var file in new[] { "grafana-dashboard.json", "prometheus-alerts.yaml" })
        {
            var text = await File.ReadAllTextAsync(Path.Combine(Repository.Root, "deploy", file), Token);
            var used = Used().Matches(text).Select(match => match.Value).Distinct().ToList();

            Assert.That(used, Has.Count.GreaterThan(4), file);
            Assert.That(used.Except(names), Is.Empty, file);
            var by = By().Matches(text).SelectMany(match => match.Groups[1].Value.Split(',', StringSplitOptions.TrimEntries));
            Assert.That(by.Except(labels).Except(["instance"]), Is.Empty, file);
        }
    }

    [Test]
    public async Task Nothing_of_a_user_is_in_them()
    {
        var served = await ReadAsync();
        var values = ChatLines(served).SelectMany(line => LabelValue().Matches(line))
            .Select(match => match.Groups[1].Value).Distinct();

        Assert.That(served, Does.Not.Contain(Question));
        Assert.That(values.Where(value => !Bounded().IsMatch(value)), Is.Empty);
    }

    [Test]
    public async Task They_are_served_at_their_own_address_only()
    {
        using var http = new HttpClient();
        using var app = await http.GetAsync(new Uri(_app.Address, "/metrics"), Token);
        using var other = await http.GetAsync(new Uri(_metrics, "/"), Token);

        Assert.That((app.StatusCode, other.StatusCode), Is.EqualTo((HttpStatusCode.NotFound, HttpStatusCode.NotFound)));
        Assert.That(other.Headers.Contains("Server"), Is.False);
    }

    [TestCase("9464")]
    [TestCase("http://127.0.0.1")]
    [TestCase("http://127.0.0.1:9464/metrics")]
    [TestCase("https://127.0.0.1:9464")]
    public async Task An_address_that_is_none_is_named(string address)
    {
        var folder = Directory.CreateTempSubdirectory("chatstream-metrics-").FullName;
        await using var process = AppProcess.Launch(AppProcess.Built, folder, ("Telemetry:MetricsAddress", address));

        Assert.That(await process.Exited.WaitAsync(Token), Is.EqualTo(1));
        Assert.That(process.Output, Does.Contain("Telemetry:MetricsAddress"));
        Directory.Delete(folder, recursive: true);
    }

    private async Task<string> ReadAsync(CancellationToken cancellationToken = default)
    {
        using var http = new HttpClient();
        return await http.GetStringAsync(_metrics, cancellationToken);
    }

    /// <summary>The sum over all lines of a metric with these labels.</summary>
    private static double Value(string served, string name, params string[] labels) =>
        served.Split('\n')
            .Where(line => Name(line) is { } its && (its == name || its == $"{name}_total")
                && labels.All(label => line.Contains(label, StringComparison.Ordinal)))
            .Sum(line => double.Parse(AfterLabels(line).Split(' ')[0], System.Globalization.CultureInfo.InvariantCulture));

    private static string? Name(string line) => line.Length == 0 || line[0] == '#' ? null : line.Split('{', ' ')[0];

    private static string AfterLabels(string line) =>
        line[(line.IndexOf('}') is var end and >= 0 ? end + 1 : line.IndexOf(' '))..].Trim();

    private static HashSet<string> Names(string served) => [.. served.Split('\n').Select(Name).OfType<string>()];

    private static IEnumerable<string> ChatLines(string served) =>
        served.Split('\n').Where(line => line.StartsWith("chatstream_", StringComparison.Ordinal));

    [GeneratedRegex(@"\bchatstream_\w+|\bhttp_server_\w+|\bdotnet_\w+|\bkestrel_\w+")]
    private static partial Regex Used();

    [GeneratedRegex(@"\bby \(([\w, ]+)\)")]
    private static partial Regex By();

    [GeneratedRegex(@"[{,](\w+)=""")]
    private static partial Regex Labels();

    [GeneratedRegex(@"=""([^""]*)""")]
    private static partial Regex LabelValue();

    [GeneratedRegex(@"^(?:[a-z_]+|gpt-4o|USD|ChatStream|[0-9.]+|\+Inf|)$")]
    private static partial Regex Bounded();
}
