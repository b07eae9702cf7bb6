using ChatStream.Emulator;
using ChatStream.Web.Tests.Infrastructure;
using NUnit.Framework;

namespace ChatStream.Web.Tests.Integration.EventSource;

/// <summary>The tutorial's client in a browser, over connections that are lost.</summary>
internal sealed class ChromiumEventSourceTests
{
    /// <summary>A browser keeps no more than six connections to an origin.</summary>
    private const int AtOnce = 5;

    /// <summary>The tutorial's script. It returns everything that arrived.</summary>
    private const string Tutorial = """
        ([message, closesOnStop]) => new Promise(resolve => {
            const seen = { tokens: [], reconnects: 0, stops: 0 };
            const source = new EventSource('/chat/stream?message=' + encodeURIComponent(message));
            source.addEventListener('start', () => window.started = (window.started ?? 0) + 1);
            source.onmessage = event => seen.tokens.push(JSON.parse(event.data).text);
            source.addEventListener('stop', () => {
                seen.stops++;
                if (!closesOnStop) return;
                source.close();
                resolve(seen);
            });
            source.onerror = () => source.readyState === EventSource.CLOSED ? resolve(seen) : seen.reconnects++;
        })
        """;

    /// <summary>What may come before the first text, beside the first frame.</summary>
    private const int BytesOfStatus = 256;

    private static readonly IReadOnlyList<string> Tokens = AnswerBytes.Tokens;

    private EmulatorServer _emulator = null!;
    private ChatApp _app = null!;

    [SetUp]
    public async Task StartAsync()
    {
        _emulator = await EmulatorServer.StartAsync();
        _app = await ChatApp.StartAsync(_emulator);
    }

    [TearDown]
    public async Task StopAsync()
    {
        await _app.DisposeAsync();
        await _emulator.DisposeAsync();
    }

    [Test]
    [CancelAfter(120_000)]
    public async Task A_connection_lost_before_its_first_frame_resumes_the_same_generation(CancellationToken timeout)
    {
        var (whole, gate) = (await MeasureAsync(), new Gate());
        _emulator.On(_ => Script.Start().Wait(gate).Texts(Tokens).Finish("stop").Usage(5, 30).Done());
        // Headers that end in FIN are whole to Chromium, and without the type of an event stream it gives up, as the standard
        // says.
        var faults = new FirstOfEach(
            Fault.BeforeFirstByte, new Fault(0, Reset: true), new Fault(40, Reset: true), new Fault(whole.Headers),
            new Fault(whole.FirstFrame - 1));
        await using var proxy = FaultProxy.Start(_app.Address, faults.Choose);
        await using var page = await OpenAsync(proxy);

        var answers = Enumerable.Range(0, AtOnce).Select(i => AskAsync(page, AnswerBytes.Message(i))).ToList();
        await faults.AllCutAsync(timeout);
        gate.Open();

        foreach (var seen in await Task.WhenAll(answers).WaitAsync(timeout))
            Assert.That(string.Concat(seen.Tokens), Is.EqualTo(string.Concat(Tokens)));
        Assert.That(_emulator.Requests, Has.Count.EqualTo(1 + AtOnce), "one upstream request for each");
    }

    [Test]
    [CancelAfter(120_000)]
    public async Task A_connection_lost_in_mid_answer_goes_on_after_the_last_whole_frame(CancellationToken timeout)
    {
        var (whole, gate) = (await MeasureAsync(), new Gate());
        _emulator.On(
            _ => Tokens.Aggregate(
                Script.Start().Wait(gate), (script, token) => script.Text(token).Delay(TimeSpan.FromMilliseconds(3)))
            .Finish("stop").Done());
        var faults = new FirstOfEach(
            [
                .. Enumerable.Range(0, AtOnce)
                    .Select(seed => Fault.Seeded(seed, whole.AfterFirstFrame + BytesOfStatus, whole.Least)),
            ]);
        await using var proxy = FaultProxy.Start(_app.Address, faults.Choose);
        await using var page = await OpenAsync(proxy);

        var answers = Enumerable.Range(0, AtOnce).Select(i => AskAsync(page, AnswerBytes.Message(i))).ToList();
        await FirstFramesAsync(page, gate);

        foreach (var seen in await Task.WhenAll(answers).WaitAsync(timeout))
        {
            Assert.That(string.Concat(seen.Tokens), Is.EqualTo(string.Concat(Tokens)));
            Assert.That((seen.Reconnects, seen.Stops), Is.EqualTo((1, 1)));
        }
        await faults.AllCutAsync(timeout);
        Assert.That(_emulator.Requests, Has.Count.EqualTo(1 + AtOnce), "one upstream request for each");
        Assert.That(proxy.Exchanges.Count(exchange => exchange.IsReconnect), Is.EqualTo(AtOnce), "each named its last frame");
    }

    [Test]
    [CancelAfter(120_000)]
    public async Task Streams_opened_at_once_without_a_cookie_all_go_on_after_a_lost_connection(CancellationToken timeout)
    {
        const int pages = 4;
        var whole = await AnswerBytes.MeasureAsync(_app, _emulator, "X-Has-No-Cookie", "1");
        var gate = new Gate();
        _emulator.On(
            _ => Tokens.Aggregate(
                Script.Start().Wait(gate), (script, token) => script.Text(token).Delay(TimeSpan.FromMilliseconds(3)))
            .Finish("stop").Done());
        var faults = new FirstOfEach(
            [
                .. Enumerable.Range(0, pages * AtOnce)
                    .Select(seed => Fault.Seeded(seed, whole.AfterFirstFrame + BytesOfStatus, whole.Least)),
            ]);
        await using var proxy = FaultProxy.Start(_app.Address, faults.Choose);

        for (var n = 0; n < pages; n++)
        {
            gate = new Gate();
            // A page of the origin that brings no cookie. So each stream brings one, and the last one stays.
            await using var page = await Chromium.NewPageAsync(proxy.Address);
            await page.Page.GotoAsync("/health/live");
            var answers = Enumerable.Range(n * AtOnce, AtOnce).Select(i => AskAsync(page, AnswerBytes.Message(i))).ToList();
            await FirstFramesAsync(page, gate);

            foreach (var seen in await Task.WhenAll(answers).WaitAsync(timeout))
            {
                Assert.That(string.Concat(seen.Tokens), Is.EqualTo(string.Concat(Tokens)));
                Assert.That((seen.Reconnects, seen.Stops), Is.EqualTo((1, 1)));
            }
        }
        await faults.AllCutAsync(timeout);
        Assert.That(_emulator.Requests, Has.Count.EqualTo(1 + (pages * AtOnce)), "one upstream request for each");
    }

    [Test]
    [CancelAfter(120_000)]
    public async Task An_ended_answer_is_not_requested_again(CancellationToken timeout)
    {
        _emulator.On(_ => Script.Answer(Tokens));
        await using var proxy = FaultProxy.Start(_app.Address);
        await using var page = await OpenAsync(proxy);

        var seen = await AskAsync(page, "Hello", closesOnStop: false).WaitAsync(timeout);

        Assert.That(string.Concat(seen.Tokens), Is.EqualTo(string.Concat(Tokens)));
        Assert.That((seen.Reconnects, seen.Stops), Is.EqualTo((1, 1)));
        Assert.That(
            proxy.Exchanges.Count(exchange => exchange.RequestLine.Contains("/chat/stream", StringComparison.Ordinal)),
            Is.EqualTo(2));
        Assert.That(_emulator.Requests, Has.Count.EqualTo(1));
    }

    private async Task<AnswerBytes> MeasureAsync() =>
        await AnswerBytes.MeasureAsync(_app, _emulator, "Cookie", await AnswerBytes.CookieAsync(_app));

    // A page of the app's origin without a script, whose answer brings the identity cookie as the chat page's does.
    private static async Task<ChromiumPage> OpenAsync(FaultProxy proxy)
    {
        var page = await Chromium.NewPageAsync(proxy.Address);
        await page.Page.GotoAsync("/models");
        return page;
    }

    // Chromium may drop what has come of a response whose connection is then reset, so each has its first frame before any text.
    private static async Task FirstFramesAsync(ChromiumPage page, Gate gate)
    {
        await page.Page.WaitForFunctionAsync("count => window.started >= count", AtOnce);
        gate.Open();
    }

    private static async Task<Seen> AskAsync(ChromiumPage page, string message, bool closesOnStop = true) =>
        await page.Page.EvaluateAsync<Seen>(Tutorial, new object[] { message, closesOnStop });

    private sealed class Seen
    {
        public string[] Tokens { get; set; } = [];

        public int Reconnects { get; set; }

        public int Stops { get; set; }
    }

    /// <summary>A fault for the first request of each message; whatever comes after it is let pass.</summary>
    private sealed class FirstOfEach(params Fault[] faults)
    {
        private readonly Dictionary<string, Exchange> _faulted = [];
        private readonly TaskCompletionSource _allChosen = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Fault Choose(Exchange exchange)
        {
            lock (_faulted)
            {
                if (
                    !exchange.RequestLine.Contains("message=", StringComparison.Ordinal)
                    || !_faulted.TryAdd(exchange.RequestLine, exchange))
                    return Fault.None;
                if (_faulted.Count == faults.Length)
                    _allChosen.SetResult();
                return faults[_faulted.Count - 1];
            }
        }

        public async Task AllCutAsync(CancellationToken timeout)
        {
            await _allChosen.Task.WaitAsync(timeout);
            await Task.WhenAll(_faulted.Values.Select(exchange => exchange.Cut)).WaitAsync(timeout);
        }
    }
}
