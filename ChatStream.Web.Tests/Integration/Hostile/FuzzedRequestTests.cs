using System.Collections.Concurrent;
using System.Text;
using System.Text.RegularExpressions;
using ChatStream.Web.Tests.Infrastructure;
using NUnit.Framework;

namespace ChatStream.Web.Tests.Integration.Hostile;

/// <summary>Requests, right and wrong, over sockets: none is a fault of the server, and none leaves a line.</summary>
[NonParallelizable] // NLog has one configuration per process, and this test replaces it.
internal sealed partial class FuzzedRequestTests : AppTest
{
    private const string Odd = "odd";

    private static readonly int Amount = Soak.IsOn ? 10_000 : 500;

    // A client that waits for the rest of an answer leaves after this time. Many requests are cut and never get one.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    protected override void Configure(ChatApp.Setup setup)
    {
        setup.Settings["Generation:AbandonAfter"] = "00:00:00";
        setup.Settings["Proxies:0"] = "127.0.0.0/8"; // forwarded headers are read too
    }

    [Test]
    [CancelAfter(900_000)]
    public async Task No_request_is_a_fault_of_the_server()
    {
        var answer = await User.AskAsync("Hello");
        string[] ids =
        [
            answer.GetProperty("conversationId").GetString()!, answer.GetProperty("generationId").GetString()!,
            answer.GetProperty("messageId").GetString()!,
        ];
        var cookie = User.Cookies.GetCookieHeader(App.Address);
        var (statuses, faults) = (new ConcurrentDictionary<string, int>(), new ConcurrentQueue<string>());
        using var log = new CapturedLog();

        var several = new ParallelOptions { MaxDegreeOfParallelism = 16, CancellationToken = Token };
        await Parallel.ForAsync(0, Amount, several, async (seed, _) =>
        {
            var request = new FuzzedRequest(seed, App.Address.Authority, cookie, ids).Make();
            var received = await SendAsync(request);
            var status = StatusOf(received);
            statuses.AddOrUpdate(status, 1, (_, count) => count + 1);
            // 501: a method or coding that the server does not know. 505: another version of HTTP. Both are the sender's fault.
            if (status == Odd || (status[0] == '5' && status is not ("501" or "505")))
                faults.Enqueue($"seed {seed}: {received.Split('\n')[0]} for {Start(request)}");
            if (Injected().IsMatch(received.Split("\r\n\r\n")[0]))
                faults.Enqueue($"seed {seed}: a header was injected");
        });

        TestContext.Out.WriteLine(string.Join(", ", statuses.OrderBy(one => one.Key).Select(one => $"{one.Key}: {one.Value}")));
        if (Soak.IsOn)
            Soak.Report("fuzzed-requests", statuses.OrderBy(one => one.Key).ToDictionary());
        Assert.That(faults, Is.Empty);
        Assert.That(log.Lines.Where(IsFault), Is.Empty);
        using var another = App.NewUser();
        Assert.That((await another.AskAsync("Still there?")).GetProperty("text").GetString(), Is.EqualTo("Still there?"));
        Assert.That(statuses.Keys, Is.SupersetOf(new[] { "200", "400", "404", "405", "415" }));
        Assert.That(statuses["200"], Is.GreaterThan(Amount / 40), "the requests get past the web server");
    }

    private static string StatusOf(string received) =>
        received.Length == 0 ? "none" : Status().Match(received) is { Success: true } line ? line.Groups[1].Value : Odd;

    // The web server says that the machine is slow.
    private static bool IsFault(string line) =>
        !line.Contains(" INFO ", StringComparison.Ordinal)
        && !line.Contains("the heartbeat has been running", StringComparison.Ordinal);

    private static string Start(byte[] request) => Encoding.Latin1.GetString(request, 0, Math.Min(request.Length, 500));

    private async Task<string> SendAsync(byte[] request)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(Token);
        using var connection = await RawConnection.OpenAsync(App.Address, receiveBuffer: null, Token);
        await connection.SendAsync(request, Token);
        patience.CancelAfter(Patience);
        return await connection.ReadAvailableAsync(patience.Token);
    }

    [GeneratedRegex(@"\AHTTP/1\.1 ([1-5]\d\d) ")]
    private static partial Regex Status();

    [GeneratedRegex("^" + HostileWords.Canary, RegexOptions.IgnoreCase | RegexOptions.Multiline)]
    private static partial Regex Injected();
}
