using System.Diagnostics;
using ChatStream.Emulator;
using ChatStream.Web.Tests.Infrastructure;
using NUnit.Framework;

namespace ChatStream.Web.Tests.Integration.Proxy;

/// <summary>The examples of this repository for HAProxy, Apache and Caddy, each as a real proxy before the app.</summary>
[CancelAfter(120_000)]
internal sealed class ProxyTests : AppTest
{
    private static readonly string[] Names = ["nginx", "haproxy", "apache", "caddy"];
    private static readonly TimeSpan Gap = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan Allowed = TimeSpan.FromMilliseconds(20);

    protected override void Configure(ChatApp.Setup setup)
    {
        setup.Settings["Streaming:KeepAlive"] = "00:00:01";
        setup.Settings["Generation:AbandonAfter"] = "00:00:00";
        setup.Settings["Proxies:0"] = "127.0.0.1";
    }

    [TestCaseSource(nameof(Names))]
    public async Task Gaps_between_words_are_those_of_a_direct_connection(string name)
    {
        await using var proxy = await StartAsync(name, App.Address);
        var gate = new Gate();
        Answers("Hello", Enumerable.Range(0, 60).Aggregate(
            Script.Start().Wait(gate), (script, n) => Soak.IsOn
                ? script.Text($"word{n} ").Delay(Gap) : script.Text($"word{n} ").Wait(gate)).Finish("stop").Done());
        using var through = new ChatClient(proxy.Address, User.Cookies);
        await User.IdentifyAsync();
        await using var direct = await User.StartAsync("Hello", Token);
        await direct.UntilEventAsync("start");
        await using var proxied = await through.AttachAsync(direct.GenerationId, cancellationToken: Token);

        if (!Soak.IsOn)
        {
            gate.LetOne();
            // Each word is through before the next one is sent.
            for (var n = 0; n < 60; n++, gate.LetOne())
                await Task.WhenAll(direct.UntilTextAsync($"word{n} "), proxied.UntilTextAsync($"word{n} "));
            return;
        }

        // Both read the same words at the same time, so what holds up this machine holds up both.
        var reading = Task.WhenAll(Task.Run(() => TimesAsync(direct)), Task.Run(() => TimesAsync(proxied)));
        gate.Open();
        var times = await reading;

        Assert.That(times[1], Has.Count.EqualTo(times[0].Count).And.Count.GreaterThan(40));
        var late = Gaps(times[1]).Zip(Gaps(times[0]), (one, other) => (one - other).Duration()).Order().ToList();
        Assert.That(late[late.Count * 9 / 10], Is.LessThanOrEqualTo(Allowed), "nine of ten gaps differ by less");
    }

    [TestCaseSource(nameof(Names))]
    public async Task A_reader_that_leaves_in_a_silence_is_noticed(string name)
    {
        await using var proxy = await StartAsync(name, App.Address);
        Answers("Hello", Script.Start().Text("Hel").Stall());
        using var user = new ChatClient(proxy.Address);
        await using var stream = await user.StartAsync("Hello", Token);
        await stream.UntilTextAsync("Hel");

        await stream.CutAsync();

        var request = await AskedAsync();
        Assert.That((await request.Ended.WaitAsync(Token)).Outcome, Is.EqualTo(RequestOutcome.ClientClosed));
    }

    [TestCaseSource(nameof(Names))]
    public async Task A_stop_gets_through_and_the_hosts_are_one_origin(string name)
    {
        await using var proxy = await StartAsync(name, App.Address);
        Answers("Hello", Script.Start().Text("Hel").Stall());
        using var user = new ChatClient(proxy.Address);
        user.Http.DefaultRequestHeaders.Add("Origin", proxy.Address.GetLeftPart(UriPartial.Authority));
        await using var stream = await user.StartAsync("Hello", Token);
        await stream.UntilTextAsync("Hel");

        using var stopped = await user.StopAsync(stream.GenerationId);
        await stream.ToEndAsync();

        Assert.That((int)stopped.StatusCode, Is.EqualTo(204));
        Assert.That(stream.Frames[^1].Data, Is.EqualTo("stopped"));
    }

    [TestCaseSource(nameof(Names))]
    public async Task Length_limits_are_left_to_the_app(string name)
    {
        await using var proxy = await StartAsync(name, App.Address);
        using var user = new ChatClient(proxy.Address);

        using var longLine = await user.Http.GetAsync($"/chat/stream?message={new string('a', 9_000)}", Token);
        using var longBody = await user.Http.SendAsync(ChatClient.Post(new { message = new string('a', 1_100_000) }), Token);

        Assert.That(((int)longLine.StatusCode, (int)longBody.StatusCode), Is.EqualTo((414, 413)));
        Assert.That(longLine.Content.Headers.ContentType?.MediaType, Is.EqualTo("application/problem+json"));
        Assert.That(longBody.Content.Headers.ContentType?.MediaType, Is.EqualTo("application/problem+json"));
    }

    [TestCaseSource(nameof(Names))]
    public async Task A_browser_cannot_choose_its_address(string name)
    {
        await using var app = await ChatApp.StartAsync(Emulator, setup =>
        {
            setup.Settings["Proxies:0"] = "127.0.0.1";
            setup.Settings["Limits:IdentitiesPerMinutePerAddress"] = "2";
        });
        await using var proxy = await StartAsync(name, app.Address);
        using var http = new HttpClient(new SocketsHttpHandler { UseCookies = false }) { BaseAddress = proxy.Address };
        var statuses = new List<int>();
        for (var i = 0; i < 3; i++)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, "/models")
            {
                Headers = { { "X-Forwarded-For", $"203.0.113.{i}" } },
            };
            using var response = await http.SendAsync(request, Token);
            statuses.Add((int)response.StatusCode);
        }

        Assert.That(statuses, Is.EqualTo(new[] { 200, 200, 429 }));
    }

    private static async Task<Running> StartAsync(string name, Uri app)
    {
        if (name == "nginx")
        {
            var nginx = await NginxServer.StartWithExampleAsync(app);
            return new Running(nginx, nginx.Address);
        }
        var proxy = await (name switch
        {
            "haproxy" => ProxyServer.HaProxyAsync(app),
            "apache" => ProxyServer.ApacheAsync(app),
            _ => ProxyServer.CaddyAsync(app),
        });
        return new Running(proxy, proxy.Address);
    }

    private static async Task<List<TimeSpan>> TimesAsync(EventStream stream)
    {
        var (start, times) = (Stopwatch.GetTimestamp(), new List<TimeSpan>());
        while (await stream.NextAsync() is { } frame)
        {
            if (frame.Event == "message")
                times.Add(Stopwatch.GetElapsedTime(start));
        }
        return times;
    }

    private static IEnumerable<TimeSpan> Gaps(List<TimeSpan> times) => times.Skip(1).Zip(times, (one, before) => one - before);

    private sealed record Running(IAsyncDisposable Proxy, Uri Address) : IAsyncDisposable
    {
        public ValueTask DisposeAsync() => Proxy.DisposeAsync();
    }
}
