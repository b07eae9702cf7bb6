using System.Net;
using System.Text.Json;
using ChatStream.Emulator;
using ChatStream.Web.Tests.Infrastructure;
using NUnit.Framework;

namespace ChatStream.Web.Tests.Integration.EventSource;

/// <summary>The tutorial's client as npm <c>eventsource</c> runs it, over connections that are lost.</summary>
internal sealed class NodeEventSourceTests
{
    private const int Cuts = 25;
    private const string Key = "a-key-of-32-characters-for-a-test";

    private static readonly string[] Tokens = [.. Enumerable.Range(0, 30).Select(i => i % 7 == 3 ? $" Wört{i}\n" : $" word{i}")];

    [TestCase(Caller.Browser)]
    [TestCase(Caller.Program)]
    [CancelAfter(60_000)]
    public async Task A_connection_lost_before_its_first_frame_is_taken_up_by_the_same_generation(Caller caller, CancellationToken timeout)
    {
        await using var run = await Run.StartAsync(caller);
        var (whole, gate) = (await run.WholeAsync(), new Gate());
        // Before the first byte, in each part of the headers, and up to the last byte of the first frame.
        int[] cuts = [0, 1, 20, whole.Body - 3, whole.Body, whole.Body + 10, whole.FirstFrame - 1];
        var faults = cuts.Select((after, i) => new Fault(after, Reset: i % 2 == 1)).ToArray();
        run.Answer(_ => Script.Start().Wait(gate).Texts(Tokens).Finish("stop").Usage(5, 30).Done());

        await using var node = run.Begin(faults);
        await run.AllCutAsync(faults.Length, timeout);
        // The answers go on only now: what was lost was lost while they were being written.
        gate.Open();
        await node.Exited.WaitAsync(timeout);

        run.AssertEachTokenOnce(node, faults.Length);
        Assert.That(run.Reconnects.Count(exchange => exchange.IsReconnect), Is.Zero, "no frame had arrived, so none was named");
    }

    [TestCase(Caller.Browser)]
    [TestCase(Caller.Program)]
    [CancelAfter(60_000)]
    public async Task A_connection_lost_in_mid_answer_goes_on_after_the_last_whole_frame(Caller caller, CancellationToken timeout)
    {
        await using var run = await Run.StartAsync(caller);
        var whole = await run.WholeAsync();
        var faults = Enumerable.Range(0, Cuts).Select(i => Fault.Seeded(i, whole.FirstFrame, whole.Least)).ToArray();
        // Some cuts meet an answer that is still being written, others one that has ended.
        run.Answer(message => message.EndsWith('0')
            ? Script.Answer(Tokens)
            : Tokens.Aggregate(Script.Start(), (script, token) => script.Text(token).Delay(TimeSpan.FromMilliseconds(3))).Finish("stop").Done());

        await using var node = run.Begin(faults);
        await run.AllCutAsync(faults.Length, timeout);
        await node.Exited.WaitAsync(timeout);

        run.AssertEachTokenOnce(node, faults.Length);
        Assert.That(run.Reconnects.Count(exchange => exchange.IsReconnect), Is.EqualTo(Cuts), "each named its last frame");
    }

    [Test]
    [CancelAfter(60_000)]
    public async Task An_answer_that_ended_is_not_asked_for_again_and_again(CancellationToken timeout)
    {
        await using var run = await Run.StartAsync(Caller.Browser);
        run.Answer(_ => Script.Answer(Tokens));

        await using var node = run.Begin([Fault.None], closesOnStop: false);
        await node.Exited.WaitAsync(timeout);

        Assert.That(Run.Events(node).Select(e => e.Type).Where(type => type != "message"),
            Is.EqualTo(new[] { "stop", "reconnecting", "closed" }), node.Output);
        Assert.That(Run.Events(node)[^1].Status, Is.EqualTo(204));
        Assert.That(run.Emulator.Requests, Has.Count.EqualTo(1));
    }

    internal enum Caller
    {
        /// <summary>With the identity cookie of a browser.</summary>
        Browser,

        /// <summary>With a bearer key.</summary>
        Program,
    }

    internal sealed record SourceEvent(string Name, string Type, string? Text, int? Status);

    /// <summary>An app behind a proxy that cuts, and event sources before it: one for each fault, told by its message.</summary>
    private sealed class Run : IAsyncDisposable
    {
        private readonly ChatApp _app;
        private readonly Dictionary<string, string> _headers;
        private FaultProxy? _proxy;

        private Run(EmulatorServer emulator, ChatApp app, Dictionary<string, string> headers) =>
            (Emulator, _app, _headers) = (emulator, app, headers);

        public EmulatorServer Emulator { get; }

        public IEnumerable<Exchange> Reconnects => _proxy!.Exchanges.GroupBy(exchange => exchange.RequestLine).SelectMany(each => each.Skip(1));

        public static async Task<Run> StartAsync(Caller caller)
        {
            var emulator = await EmulatorServer.StartAsync();
            var app = await ChatApp.StartAsync(emulator, setup =>
            {
                setup.Settings["Api:Keys:0:Name"] = "tests";
                setup.Settings["Api:Keys:0:Key"] = Key;
            });
            return new Run(emulator, app, new() { [caller == Caller.Program ? "Authorization" : "Cookie"] = caller == Caller.Program ? $"Bearer {Key}" : await CookieAsync(app) });
        }

        public void Answer(Func<string, Script> script) => Emulator.On(request => script(request.LastUserMessage));

        /// <summary>Where the parts of an answer end that nothing happens to.</summary>
        public async Task<(int Body, int FirstFrame, int Least)> WholeAsync()
        {
            var emulated = Emulator.Requests.Count;
            Emulator.Enqueue(Script.Answer(Tokens));
            await using var proxy = FaultProxy.Start(_app.Address);
            using var user = new HttpClient { BaseAddress = proxy.Address };
            var request = new HttpRequestMessage(HttpMethod.Get, "/chat/stream?message=Hello%20999");
            foreach (var (name, value) in _headers)
                request.Headers.TryAddWithoutValidation(name, value);
            using var response = await user.SendAsync(request);
            var frames = await response.Content.ReadAsByteArrayAsync();
            Assert.That(response.StatusCode, Is.EqualTo(HttpStatusCode.OK));
            Assert.That(Emulator.Requests, Has.Count.EqualTo(emulated + 1));

            var passed = proxy.Exchanges[0].Response.AsSpan();
            var body = passed.IndexOf("\r\n\r\n"u8) + 4;
            // Sizes of chunks differ from run to run; without any, the response is never shorter than this.
            return (body, body + passed[body..].IndexOf("\n\n"u8) + 2, body + frames.Length);
        }

        public RealProcess Begin(Fault[] faults, bool closesOnStop = true)
        {
            Emulated = Emulator.Requests.Count;
            var faultOf = faults.Select((fault, i) => (Name: $"Hello {100 + i}", Fault: fault)).ToDictionary(f => Uri.EscapeDataString(f.Name), f => f.Fault);
            _proxy = FaultProxy.Start(_app.Address, exchange =>
            {
                // The first connection of each is the one that is lost.
                var message = exchange.RequestLine.Split('=', ' ')[2];
                lock (faultOf)
                    return faultOf.Remove(message, out var fault) ? fault : Fault.None;
            });
            return NodeScript.Start("Integration/EventSource/tutorial.mjs", new
            {
                sources = faults.Select((_, i) => new
                {
                    name = $"Hello {100 + i}",
                    url = $"{_proxy.Address}chat/stream?message=Hello%20{100 + i}",
                    headers = _headers,
                    closesOnStop,
                }),
            });
        }

        public async Task AllCutAsync(int cuts, CancellationToken timeout)
        {
            for (var i = 0; i < cuts; i++)
            {
                var request = await Emulator.RequestAsync(Emulated + i, timeout);
                var line = $"message={Uri.EscapeDataString(request.LastUserMessage)} ";
                await _proxy!.Exchanges.First(exchange => exchange.RequestLine.Contains(line, StringComparison.Ordinal)).Cut.WaitAsync(timeout);
            }
        }

        public void AssertEachTokenOnce(RealProcess node, int sources)
        {
            var events = Events(node).ToLookup(e => e.Name);
            for (var i = 0; i < sources; i++)
            {
                var own = events[$"Hello {100 + i}"].ToList();
                Assert.That(own.Where(e => e.Type == "message").Select(e => e.Text), Is.EqualTo(Tokens), $"source {i}: {node.Output}");
                Assert.That(own.Select(e => e.Type).Where(type => type != "message"), Is.EqualTo(new[] { "reconnecting", "stop" }), $"source {i}");
            }
            Assert.That(Emulator.Requests.Skip(Emulated).Select(request => request.LastUserMessage),
                Is.EquivalentTo(Enumerable.Range(100, sources).Select(i => $"Hello {i}")), "one upstream request for each");
        }

        public static IReadOnlyList<SourceEvent> Events(RealProcess node) =>
            [.. node.Output.Split('\n').Where(line => line.StartsWith('{')).Select(line => JsonSerializer.Deserialize<SourceEvent>(line, JsonSerializerOptions.Web)!)];

        public async ValueTask DisposeAsync()
        {
            if (_proxy is not null)
                await _proxy.DisposeAsync();
            await _app.DisposeAsync();
            await Emulator.DisposeAsync();
        }

        private int Emulated { get; set; }

        private static async Task<string> CookieAsync(ChatApp app)
        {
            using var user = app.NewUser();
            await user.Http.GetStringAsync("/models");
            return user.Cookies.GetCookieHeader(app.Address);
        }
    }
}
