using System.Globalization;
using System.Net;
using System.Text.Json;
using System.Text.RegularExpressions;
using ChatStream.Web.Tests.Infrastructure;
using NUnit.Framework;

namespace ChatStream.Web.Tests.Integration.Diagnosis;

/// <summary>The streams that <c>/diagnose</c> measures by, over a real socket.</summary>
internal sealed partial class TrialStreamTests : AppTest
{
    protected override void Configure(ChatApp.Setup setup)
    {
        setup.Settings["Streaming:KeepAlive"] = "00:00:05";
        setup.Settings["Limits:TrialsPerMinute"] = "5";
        setup.Settings["Limits:TrialsAtOncePerAddress"] = "3";
    }

    // All users of an address that come without an identity are one to the limits.
    [SetUp]
    public Task IdentifyAsync() => User.IdentifyAsync();

    [Test]
    public async Task A_steady_one_has_forty_numbered_events_between_start_and_stop()
    {
        using var response = await OpenAsync(User, "steady");
        var text = await response.Content.ReadAsStringAsync(Token);

        var blocks = text.Split("\n\n").Where(block => block != ":").ToArray();
        var id = Id().Match(text).Groups[1].Value;
        Assert.That(Instance().Replace(blocks[0], "INSTANCE"), Is.EqualTo($$$"""
            event: start
            data: {"id":"{{{id}}}","instance":"INSTANCE","events":40,"every":50,"keepAlive":5,"request":{"protocol":"HTTP/1.1","proxies":[]}}
            id: {{{id}}}.0
            """.ReplaceLineEndings("\n")));
        Assert.That(At().Replace(blocks[1], "\"at\":0"), Is.EqualTo($$"""data: {"n":1,"at":0}""" + $"\nid: {id}.1"));
        Assert.That(blocks[41], Is.EqualTo($"event: stop\ndata: over\nid: {id}.41"));
        Assert.That(blocks, Has.Length.EqualTo(43), "and nothing behind the last blank line");
        var times = At().Matches(text)
            .Select(match => double.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture)).ToList();
        Assert.That(times, Is.Ordered.And.Count.EqualTo(40));
        Assert.That(times[^1], Is.GreaterThan(1_900), "a machine that stands still makes it only later");
        Assert.That(Asked, Is.Zero);
    }

    [Test]
    public async Task It_has_the_headers_of_an_answer()
    {
        using var trial = await OpenAsync(User, "steady");
        await using var answer = await User.StartAsync("Hello", Token);

        Assert.That(Headers(trial), Is.EqualTo(Headers(answer.Response)));
        Assert.That(Headers(trial), Does.Contain("Incremental: ?1").And.Contain("X-Accel-Buffering: no"));

        static string[] Headers(HttpResponseMessage response) =>
            [.. response.Headers.Concat(response.Content.Headers)
                .Where(header => header.Key is not ("Date" or "Set-Cookie"))
                .Select(header => $"{header.Key}: {string.Join(", ", header.Value)}").Order()];
    }

    [Test]
    public async Task A_silent_one_has_only_comments_until_it_is_stopped()
    {
        using var response = await OpenAsync(User, "silent");
        using var reader = new StreamReader(await response.Content.ReadAsStreamAsync(Token));
        var start = await StartOfAsync(reader);
        var lines = new List<string?> { await reader.ReadLineAsync(Token), await reader.ReadLineAsync(Token) };
        lines.Add(await reader.ReadLineAsync(Token));
        lines.Add(await reader.ReadLineAsync(Token));

        using var stopped = await User.Http.PostAsync($"/diagnose/stream/{start.Id}/stop", content: null, Token);
        var rest = await reader.ReadToEndAsync(Token);

        Assert.That(lines, Is.EqualTo(new[] { start.IdLine, "", ":", "" }));
        Assert.That(stopped.StatusCode, Is.EqualTo(HttpStatusCode.NoContent));
        Assert.That(rest, Does.EndWith($"event: stop\ndata: stopped\nid: {start.Id}.1\n\n"));
        Assert.That(await StateAsync(User, start.Id), Is.EqualTo("""{"state":"ended"}"""));
    }

    [Test]
    public async Task A_departure_is_told_at_once()
    {
        using var response = await OpenAsync(User, "silent");
        var body = await response.Content.ReadAsStreamAsync(Token);
        using var reader = new StreamReader(body);
        var start = await StartOfAsync(reader);
        Assert.That(await StateAsync(User, start.Id), Is.EqualTo("""{"state":"open"}"""));

        response.Dispose();
        while (await StateAsync(User, start.Id) == """{"state":"open"}""")
            Token.ThrowIfCancellationRequested();

        Assert.That(await StateAsync(User, start.Id), Is.EqualTo("""{"state":"left"}"""));
    }

    [Test]
    public async Task A_user_has_one_and_the_next_ends_it()
    {
        using var first = await OpenAsync(User, "silent");
        using var reader = new StreamReader(await first.Content.ReadAsStreamAsync(Token));
        var start = await StartOfAsync(reader);

        using var second = await OpenAsync(User, "silent");

        Assert.That(await reader.ReadToEndAsync(Token), Does.Contain("data: stopped"));
        using var gone = await User.Http.GetAsync($"/diagnose/stream/{start.Id}", Token);
        Assert.That(gone.StatusCode, Is.EqualTo(HttpStatusCode.NotFound));
    }

    [Test]
    public async Task Anothers_stream_is_not_found()
    {
        using var response = await OpenAsync(User, "silent");
        using var reader = new StreamReader(await response.Content.ReadAsStreamAsync(Token));
        var start = await StartOfAsync(reader);
        using var other = App.NewUser();
        await other.IdentifyAsync();

        using var state = await other.Http.GetAsync($"/diagnose/stream/{start.Id}", Token);
        using var stop = await other.Http.PostAsync($"/diagnose/stream/{start.Id}/stop", content: null, Token);
        using var elsewhere = await User.Http.GetAsync($"/diagnose/stream/{start.Id}?instance=AAAAAAAAAAAAAAAA", Token);

        Assert.That((state.StatusCode, stop.StatusCode), Is.EqualTo((HttpStatusCode.NotFound, HttpStatusCode.NotFound)));
        Assert.That(elsewhere.StatusCode, Is.EqualTo(HttpStatusCode.OK), "an instance that is gone had no such stream");
    }

    [Test]
    public async Task They_are_limited_per_minute_and_per_address()
    {
        for (var i = 0; i < 5; i++)
        {
            HttpStatusCode opened;
            do // a stream that ends gives its place back a little later
            {
                using var response = await OpenAsync(User, "silent");
                opened = response.StatusCode;
            }
            while (opened != HttpStatusCode.OK);
        }
        using var sixth = await OpenAsync(User, "silent");
        Assert.That((int)sixth.StatusCode, Is.EqualTo(429));
        Assert.That(sixth.Headers.RetryAfter?.Delta, Is.GreaterThan(TimeSpan.Zero));
        Assert.That(await sixth.Content.ReadAsStringAsync(Token), Does.Contain("\"code\":\"too_many_trials\""));

        var open = new List<HttpResponseMessage>();
        HttpStatusCode last;
        do
        {
            using var user = App.NewUser();
            await user.IdentifyAsync();
            open.Add(await OpenAsync(user, "silent"));
            last = open[^1].StatusCode;
        }
        while (last == HttpStatusCode.OK && open.Count < 10);
        open.ForEach(response => response.Dispose());

        Assert.That(last, Is.EqualTo(HttpStatusCode.TooManyRequests));
        Assert.That(open, Has.Count.LessThanOrEqualTo(4));
    }

    [Test]
    public async Task Another_site_cannot_open_one()
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/diagnose/stream")
        {
            Headers = { { "Sec-Fetch-Site", "cross-site" } },
        };
        using var response = await User.Http.SendAsync(request, Token);
        using var get = await User.Http.GetAsync("/diagnose/stream", Token);

        Assert.That(response.StatusCode, Is.EqualTo(HttpStatusCode.Forbidden));
        Assert.That((int)get.StatusCode, Is.AnyOf(404, 405), "a link or an image of another site opens none");
    }

    [TestCase("?kind=loud")]
    [TestCase("?kind=")]
    [TestCase("?kind=steady&kind=silent")]
    public async Task What_is_no_kind_is_refused(string query)
    {
        using var response = await User.Http.PostAsync($"/diagnose/stream{query}", content: null, Token);

        Assert.That(response.StatusCode, Is.EqualTo(HttpStatusCode.BadRequest));
    }

    private static Task<HttpResponseMessage> OpenAsync(ChatClient user, string kind) => user.Http.SendAsync(
        new HttpRequestMessage(HttpMethod.Post, $"/diagnose/stream?kind={kind}"), HttpCompletionOption.ResponseHeadersRead,
        Token);

    private static async Task<(string Id, string IdLine)> StartOfAsync(StreamReader reader)
    {
        Assert.That(await reader.ReadLineAsync(Token), Is.EqualTo("event: start"));
        var data = (await reader.ReadLineAsync(Token))!["data: ".Length..];
        var id = JsonDocument.Parse(data).RootElement.GetProperty("id").GetString()!;
        return (id, $"id: {id}.0");
    }

    private static Task<string> StateAsync(ChatClient user, string id) =>
        user.Http.GetStringAsync($"/diagnose/stream/{id}", Token);

    [GeneratedRegex("""id: (\S{16})\.0""")]
    private static partial Regex Id();

    [GeneratedRegex("""(?<="instance":")[\w-]{16}""")]
    private static partial Regex Instance();

    [GeneratedRegex("""(?:"at":)([0-9.]+)""")]
    private static partial Regex At();
}
