using System.Collections.Concurrent;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using ChatStream.Web.Tests.Infrastructure;
using Microsoft.AspNetCore.Mvc.ModelBinding;
using NUnit.Framework;

namespace ChatStream.Web.Tests.Integration.Hostile;

/// <summary>Requests, right and wrong, over sockets: none is a fault of the server, and none leaves a line.</summary>
[NonParallelizable] // NLog has one configuration per process, and this test replaces it.
internal sealed partial class FuzzedRequestTests : AppTest
{
    private const string Odd = "odd";
    private const string AdminsKey = "a-key-of-an-administrator";

    private static readonly int Amount = Soak.IsOn ? 10_000 : 500;

    // Some requests delete all that a user has.
    private static readonly int Browsers = Amount / 50;

    // A client that waits for the rest of an answer leaves after this time. Many requests are cut and never get one.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    protected override void Configure(ChatApp.Setup setup)
    {
        setup.Settings["Generation:AbandonAfter"] = "00:00:00";
        setup.Settings["Proxies:0"] = "127.0.0.0/8"; // forwarded headers are read too
        setup.Settings["Limits:UploadsPerMinutePerAddress"] = "10000";
        setup.Settings["Sharing:Who"] = "Anyone";
        setup.Settings["Api:Keys:0:Name"] = "operator";
        setup.Settings["Api:Keys:0:Key"] = AdminsKey;
        setup.Settings["Api:Keys:0:Role"] = "Admin";
    }

    [Test]
    [CancelAfter(900_000)]
    public async Task No_request_is_a_fault_of_the_server()
    {
        var routes = Routes();
        Assert.That(routes, Has.Count.LessThan(Amount / 3), "each is asked for a few times");
        // One request of four is an administrator's.
        var users = Enumerable.Repeat(await NewUserAsync(isAdmin: true), Browsers / 3).ToList();
        for (var i = 0; i < Browsers; i++)
            users.Add(await NewUserAsync(isAdmin: false));
        var (statuses, faults) = (new ConcurrentDictionary<string, int>(), new ConcurrentQueue<string>());
        using var log = new CapturedLog();

        var several = new ParallelOptions { MaxDegreeOfParallelism = 16, CancellationToken = Token };
        await Parallel.ForAsync(0, Amount, several, async (seed, _) =>
        {
            var request = new FuzzedRequest(seed, App.Address.Authority, routes, users).Make();
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

    /// <summary>All of the controllers, and what else is served. A new one is among them by itself.</summary>
    private List<FuzzedRoute> Routes() =>
    [
        .. AppRoute.AllOf(App)
            .Select(route => new FuzzedRoute(
                route.Method, route.Path.Replace(AppRoute.UnknownId, "{id}", StringComparison.Ordinal),
                [
                    .. route.Action.Parameters
                        .Where(parameter => parameter.BindingInfo?.BindingSource == BindingSource.Query)
                        .Select(parameter => parameter.BindingInfo!.BinderModelName ?? parameter.Name),
                    "other",
                ]))
            .DistinctBy(route => $"{route.Method} {route.Path}").OrderBy(route => route.Path, StringComparer.Ordinal)
            .ThenBy(route => route.Method, StringComparer.Ordinal),
        .. HostileWords.OtherPaths.Select(path => new FuzzedRoute("GET", path, ["other"])),
    ];

    private async Task<FuzzedUser> NewUserAsync(bool isAdmin)
    {
        using var user = App.NewUser();
        if (isAdmin)
            user.Http.DefaultRequestHeaders.Add("Authorization", $"Bearer {AdminsKey}");
        var answer = await user.AskAsync("Hello");
        var id = answer.GetProperty("conversationId").GetString()!;
        var folder = await MadeAsync(user, "/folders", """{"name":"Work"}""");
        var prompt = await MadeAsync(user, "/prompts", """{"title":"Daily","text":"What is new?"}""");
        var share = await MadeAsync(user, $"/conversations/{id}/share", """{"files":true}""");
        var identity = isAdmin ? $"Authorization: Bearer {AdminsKey}" : $"Cookie: {user.Cookies.GetCookieHeader(App.Address)}";
        return new FuzzedUser(identity,
        [
            id, answer.GetProperty("generationId").GetString()!, answer.GetProperty("messageId").GetString()!,
            folder.GetProperty("id").GetString()!, prompt.GetProperty("id").GetString()!,
            share.GetProperty("path").GetString()!.Split('/')[^1], await user.UploadedAsync("Tea"),
        ]);
    }

    private static async Task<JsonElement> MadeAsync(ChatClient user, string path, string json)
    {
        using var content = new StringContent(json, Encoding.UTF8, "application/json");
        using var made = await user.Http.PostAsync(path, content, Token);
        var body = await made.Content.ReadAsStringAsync(Token);
        Assert.That((int)made.StatusCode, Is.EqualTo(201), body);
        return JsonDocument.Parse(body).RootElement;
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
