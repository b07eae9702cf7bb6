using ChatStream.Emulator;
using ChatStream.Web.Tests.Infrastructure;
using Microsoft.Extensions.DependencyInjection;
using NUnit.Framework;
using NUnit.Framework.Interfaces;

namespace ChatStream.Web.Tests.Integration.Golden;

/// <summary>
/// Tests whose requests and responses are compared, byte for byte, with the files in <c>Files</c>: one file for each test. Time
/// stands still, so that times are the same in each run. A model's pieces of text come one at a time where a stream shows them:
/// what arrives together may be one frame or two.
/// </summary>
internal abstract class GoldenTest : AppTest
{
    protected const string NoId = "AAAAAAAAAAAAAAAA";

    private GoldenFile _file = null!;
    private string? _cookie;

    // It only goes forward, from the real time.
    protected GoldenTest() => Time.SetUtcNow(new DateTimeOffset(2050, 5, 4, 10, 0, 0, TimeSpan.Zero));

    protected WatchedTime Time { get; } = new();

    protected override void Configure(ChatApp.Setup setup) =>
        setup.Services = services => services.AddSingleton<TimeProvider>(Time);

    [SetUp]
    public async Task OpenFileAsync()
    {
        var test = TestContext.CurrentContext.Test;
        _file = new GoldenFile(GoldenFile.NameOf(test.ClassName!, test.Name));
        await ArriveAsync();
    }

    [TearDown]
    public void CheckFile()
    {
        if (TestContext.CurrentContext.Result.Outcome.Status != TestStatus.Failed)
            _file.Check();
    }

    protected static TestCaseData Case(string name, string request) =>
        new TestCaseData(GoldenRequest.Parse(request)).SetArgDisplayNames(name);

    /// <summary>Another user speaks from now on, who has been here before.</summary>
    protected async Task ArriveAsync()
    {
        Leave();
        using var exchange = await OpenAsync("GET /models");
        _cookie = exchange.Header("Set-Cookie")!.Split(';')[0];
    }

    /// <summary>From now on requests come from a new user.</summary>
    protected void Leave() => _cookie = null;

    /// <summary>Sends, reads the whole response, and adds both to the file.</summary>
    protected Task<GoldenExchange> SendAsync(string request) => SendAsync(GoldenRequest.Parse(request));

    protected async Task<GoldenExchange> SendAsync(GoldenRequest request) => await EndAsync(await OpenAsync(request));

    /// <summary>Sends, and reads the response as it comes, until <see cref="EndAsync"/>.</summary>
    protected Task<GoldenExchange> OpenAsync(string request) => OpenAsync(GoldenRequest.Parse(request));

    protected Task<GoldenExchange> OpenAsync(GoldenRequest request) =>
        GoldenExchange.OpenAsync(App.Address, request, request.ToBytes(_file.Ids, _cookie), Token);

    /// <summary>Reads the rest of the response, and adds it to the file.</summary>
    protected async Task<GoldenExchange> EndAsync(GoldenExchange exchange)
    {
        using (exchange)
            await exchange.ReadToEndAsync(Token);
        _file.Add(exchange);
        return exchange;
    }

    /// <summary>The id that this placeholder stands for.</summary>
    protected string IdOf(string placeholder) => _file.Ids.Show(placeholder);

    /// <summary>Makes the ids known that a response has so far.</summary>
    protected void Learn(GoldenExchange exchange) => _file.Ids.Hide(exchange.Body);

    /// <summary>Starts an answer that has said "so far" and says no more.</summary>
    protected async Task<GoldenExchange> StartStalledAsync(string message = "Wait")
    {
        Answers(message, Script.Start().Text("so far").Stall());
        var stream = await OpenAsync($$"""
            POST /chat/stream
            Accept: text/event-stream

            {"message":"{{message}}"}
            """);
        await stream.ReadUntilAsync("so far", Token);
        Learn(stream);
        return stream;
    }

    /// <summary>A whole answer, to go on from.</summary>
    protected Task<GoldenExchange> TalkAsync(string message = "Hi") => SendAsync($$"""
        POST /chat/stream
        Accept: application/json

        {"message":"{{message}}"}
        """);
}
