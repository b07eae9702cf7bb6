using System.Net;
using ChatStream.Emulator;
using ChatStream.Web.Tests.Infrastructure;
using NUnit.Framework;

namespace ChatStream.Web.Tests.Integration.Proxy;

/// <summary>A real nginx between the client and the app.</summary>
internal sealed class NginxTests
{
    private static readonly string[] Tokens = ["Hel", "lo", ", wör", "ld", "!"];

    [Test]
    [CancelAfter(60_000)]
    public async Task With_nothing_set_each_token_passes_before_the_next_is_sent(CancellationToken timeout)
    {
        await using var way = await Way.OpenAsync(NginxServer.StartWithDefaultsAsync);

        await AssertTokensPassOneByOneAsync(way, way.User, timeout);
    }

    [Test]
    [CancelAfter(60_000)]
    public async Task With_the_example_each_token_passes_before_the_next_is_sent(CancellationToken timeout)
    {
        await using var way = await Way.OpenAsync(NginxServer.StartWithExampleAsync);

        await AssertTokensPassOneByOneAsync(way, way.User, timeout);
    }

    [Test]
    [CancelAfter(60_000)]
    public async Task With_the_example_over_tls_and_http_2_each_token_passes_before_the_next_is_sent(CancellationToken timeout)
    {
        await using var way = await Way.OpenAsync(NginxServer.StartWithExampleOverTlsAsync);
        using var http = OverTls(way);
        http.DefaultRequestHeaders.Add("Origin", way.Nginx.Address.GetLeftPart(UriPartial.Authority));

        await AssertTokensPassOneByOneAsync(way, http, timeout);
    }

    [TestCase("chat.example.org", true)]
    [TestCase("localhost", false)]
    [TestCase("127.0.0.1:8443", false)]
    [CancelAfter(60_000)]
    public async Task Over_tls_a_browser_is_told_to_use_no_other_way_but_to_this_machine(
        string host, bool isTold, CancellationToken timeout)
    {
        await using var way = await Way.OpenAsync(NginxServer.StartWithExampleOverTlsAsync, settings =>
        {
            settings["AllowedHosts"] = "chat.example.org";
            settings["Proxies:0"] = "127.0.0.1";
        });
        using var http = OverTls(way);
        using var request = new HttpRequestMessage(HttpMethod.Get, "/") { Headers = { Host = host } };

        using var response = await http.SendAsync(request, timeout);

        Assert.That(response.StatusCode, Is.EqualTo(HttpStatusCode.OK));
        Assert.That(response.Headers.GetValues("Cross-Origin-Opener-Policy"), Is.EqualTo(new[] { "same-origin" }));
        Assert.That(
            response.Headers.TryGetValues("Strict-Transport-Security", out var told) ? told : [],
            Is.EqualTo(isTold ? ["max-age=31536000"] : Array.Empty<string>()));
        Assert.That(response.Headers.GetValues("Set-Cookie").Single(), Does.Contain("; secure;"));
    }

    [Test]
    public async Task The_example_is_accepted_without_a_warning()
    {
        await using var way = await Way.OpenAsync(NginxServer.StartWithExampleAsync);

        var (output, exitCode) = way.Nginx.Test();

        Assert.That(exitCode, Is.Zero, output);
        Assert.That(output, Does.Not.Contain("[warn]").And.Contain("syntax is ok"));
    }

    [Test]
    public async Task The_example_passes_the_host_on_so_that_only_its_own_origin_is_let_in()
    {
        await using var way = await Way.OpenAsync(NginxServer.StartWithExampleAsync);

        async Task<HttpStatusCode> AskFromAsync(string origin)
        {
            using var request = ChatClient.Post(new { message = "Hello" });
            request.Headers.Add("Origin", origin);
            using var response = await way.User.SendAsync(request);
            return response.StatusCode;
        }

        Assert.That(await AskFromAsync(way.Nginx.Address.GetLeftPart(UriPartial.Authority)), Is.EqualTo(HttpStatusCode.OK));
        Assert.That(
            await AskFromAsync(way.App.Address.GetLeftPart(UriPartial.Authority)), Is.EqualTo(HttpStatusCode.Forbidden),
            "the app's own address is not what the browser sees");
    }

    /// <summary>Nothing is sent to a caller who waits for JSON, so the proxy takes the connection for dead.</summary>
    [Test]
    [CancelAfter(60_000)]
    public async Task A_caller_that_waits_for_json_gets_an_answer_below_the_limit_of_the_proxy(CancellationToken timeout)
    {
        await using var way = await Way.OpenAsync(app =>
            NginxServer.StartPlainAsync(app, "proxy_set_header Host $http_host; proxy_read_timeout 5s;"));
        foreach (var _ in new[] { 1, 2 })
            way.Emulator.Enqueue(Script.Start().Text("so far").Stall());

        using var cut = await way.User.SendAsync(ChatClient.Post(new { message = "Hello" }, "application/json"), timeout);
        using var request = ChatClient.Post(new { message = "Hello again" }, "application/json");
        request.Headers.Add("Prefer", "wait=1");
        using var told = await way.User.SendAsync(request, timeout);

        Assert.That(cut.StatusCode, Is.EqualTo(HttpStatusCode.GatewayTimeout));
        Assert.That(told.StatusCode, Is.EqualTo(HttpStatusCode.Accepted));
        using var asked = new HttpRequestMessage(HttpMethod.Get, told.Headers.Location)
        {
            Headers = { { "Accept", "application/json" } },
        };
        using var state = await way.User.SendAsync(asked, timeout);
        Assert.That(await state.Content.ReadAsStringAsync(timeout), Does.Contain("\"state\":\"running\""));
    }

    [Test]
    public async Task The_example_leaves_length_limits_to_the_app()
    {
        await using var way = await Way.OpenAsync(NginxServer.StartWithExampleAsync);

        using var longLine = await way.User.GetAsync($"/chat/stream?message={new string('a', 9000)}");
        using var longBody = await way.User.SendAsync(ChatClient.Post(new { message = new string('a', 1_100_000) }));

        Assert.That(longLine.StatusCode, Is.EqualTo(HttpStatusCode.RequestUriTooLong));
        Assert.That(longLine.Content.Headers.ContentType?.MediaType, Is.EqualTo("application/problem+json"));
        Assert.That(longBody.StatusCode, Is.EqualTo(HttpStatusCode.RequestEntityTooLarge));
        Assert.That(longBody.Content.Headers.ContentType?.MediaType, Is.EqualTo("application/problem+json"));
    }

    [TestCase(false)]
    [TestCase(true)]
    [CancelAfter(60_000)]
    public async Task A_client_that_goes_away_in_a_silence_ends_the_request_to_the_model(bool example, CancellationToken timeout)
    {
        await using var way = await Way.OpenAsync(
            example ? NginxServer.StartWithExampleAsync : NginxServer.StartWithDefaultsAsync,
            settings => settings["Generation:AbandonAfter"] = "00:00:00");
        way.Emulator.Enqueue(Script.Start().Text("Hel").Stall());

        await using var stream = await way.StartAsync(way.User, timeout);
        await stream.UntilTextAsync("Hel");
        await stream.CutAsync();

        var request = await way.Emulator.RequestAsync(0, timeout);
        Assert.That((await request.Ended.WaitAsync(timeout)).Outcome, Is.EqualTo(RequestOutcome.ClientClosed));
    }

    [Test]
    [CancelAfter(60_000)]
    public async Task A_stop_ends_the_request_to_the_model_and_the_stream(CancellationToken timeout)
    {
        await using var way = await Way.OpenAsync(NginxServer.StartWithExampleAsync);
        way.Emulator.Enqueue(Script.Start().Text("Hel").Stall());
        using var user = new ChatClient(way.Nginx.Address);

        await using var stream = await user.StartAsync("Hello", timeout);
        await stream.UntilTextAsync("Hel");
        using var stopped = await user.StopAsync(stream.GenerationId);
        await stream.ToEndAsync();

        Assert.That(stopped.StatusCode, Is.EqualTo(HttpStatusCode.NoContent));
        Assert.That(stream.Frames[^2..].Select(frame => (frame.Event, frame.Data)),
            Is.EqualTo(new[] { ("finish", """{"reason":"stopped"}"""), ("stop", "stopped") }));
        var request = await way.Emulator.RequestAsync(0, timeout);
        Assert.That((await request.Ended.WaitAsync(timeout)).Outcome, Is.EqualTo(RequestOutcome.ClientClosed));
    }

    [TestCase(false)]
    [TestCase(true)]
    [CancelAfter(60_000)]
    public async Task Comments_pass_in_a_silence(bool example, CancellationToken timeout)
    {
        await using var way = await Way.OpenAsync(
            example ? NginxServer.StartWithExampleAsync : NginxServer.StartWithDefaultsAsync,
            settings => settings["Streaming:KeepAlive"] = "00:00:01");
        way.Emulator.Enqueue(Script.Silent().Stall());

        using var response = await way.User.SendAsync(
            ChatClient.Post(new { message = "Hello" }), HttpCompletionOption.ResponseHeadersRead, timeout);
        using var reader = new StreamReader(await response.Content.ReadAsStreamAsync(timeout));
        var lines = new List<string>();
        while (lines.Count(line => line == ":") < 2 && await reader.ReadLineAsync(timeout) is { } line)
            lines.Add(line);

        Assert.That(lines.Count(line => line == ":"), Is.EqualTo(2), string.Join('\n', lines));
    }

    private static HttpClient OverTls(Way way) => new(
        new SocketsHttpHandler
        {
            SslOptions =
            {
                RemoteCertificateValidationCallback = (_, certificate, _, _) => certificate?.Subject == "CN=chat.example.org",
            },
        })
    {
        BaseAddress = way.Nginx.Address,
        DefaultRequestVersion = HttpVersion.Version20,
        DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact,
    };

    private static async Task AssertTokensPassOneByOneAsync(Way way, HttpClient user, CancellationToken timeout)
    {
        var gate = new Gate();
        way.Emulator.Enqueue(
            Tokens.Aggregate(Script.Silent().Wait(gate).PromptFilter().Role(), (script, token) => script.Text(token).Wait(gate))
            .Finish("stop").Usage(5, 5).Done());

        await using var stream = await way.StartAsync(user, timeout);
        Assert.That((await stream.NextAsync().WaitAsync(timeout))!.Event, Is.EqualTo("start"), "before the model has answered");
        foreach (var token in Tokens)
        {
            gate.LetOne();
            // If the proxy held the token back, the gate would stay closed and this would wait until the timeout.
            await stream.UntilTextAsync(token).WaitAsync(timeout);
        }
        gate.Open();
        await stream.ToEndAsync();

        Assert.That(stream.Frames[^1].Data, Is.EqualTo("stopped"));
        Assert.That(stream.Response.Headers.Server.ToString(), Does.StartWith("nginx"));
    }

    /// <summary>Client, nginx, app, emulator.</summary>
    private sealed class Way : IAsyncDisposable
    {
        private Way(EmulatorServer emulator, ChatApp app, NginxServer nginx)
        {
            (Emulator, App, Nginx) = (emulator, app, nginx);
            User =
                new HttpClient(new SocketsHttpHandler { ResponseDrainTimeout = TimeSpan.Zero }) { BaseAddress = nginx.Address };
        }

        public EmulatorServer Emulator { get; }

        public ChatApp App { get; }

        public NginxServer Nginx { get; }

        public HttpClient User { get; }

        public static async Task<Way> OpenAsync(
            Func<Uri, Task<NginxServer>> start, Action<Dictionary<string, string>>? settings = null)
        {
            _ = RealParts.Nginx;
            var emulator = await EmulatorServer.StartAsync();
            var app = await ChatApp.StartAsync(emulator, setup => settings?.Invoke(setup.Settings));
            return new Way(emulator, app, await start(app.Address));
        }

        public async Task<EventStream> StartAsync(HttpClient user, CancellationToken timeout) =>
            await EventStream.OpenAsync(
                await user.SendAsync(
                    ChatClient.Post(new { message = "Hello" }).For(user), HttpCompletionOption.ResponseHeadersRead, timeout));

        public async ValueTask DisposeAsync()
        {
            User.Dispose();
            await Nginx.DisposeAsync();
            await App.DisposeAsync();
            await Emulator.DisposeAsync();
        }
    }
}

internal static class RequestVersion
{
    /// <summary>A request does not take its version from the client that sends it.</summary>
    public static HttpRequestMessage For(this HttpRequestMessage request, HttpClient client)
    {
        (request.Version, request.VersionPolicy) = (client.DefaultRequestVersion, client.DefaultVersionPolicy);
        return request;
    }
}
