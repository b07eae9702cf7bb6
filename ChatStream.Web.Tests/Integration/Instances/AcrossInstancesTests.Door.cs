using ChatStream.Emulator;
using ChatStream.Web.Answers.Owning;
using ChatStream.Web.Contract;
using ChatStream.Web.Storage;
using ChatStream.Web.Tests.Infrastructure;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using NUnit.Framework;

namespace ChatStream.Web.Tests.Integration.Instances;

// The door between instances: the ticket says who asks, of which instance and for what, and nothing else does.
internal sealed partial class AcrossInstancesTests
{
    [Test]
    public async Task A_stolen_cookie_does_not_help_a_forged_ticket()
    {
        await using var here = await StallAsync();
        var forged = new string('x', 32);

        foreach (var (method, path) in RequestsAbout(here))
        {
            var ticket = await TicketAsync(await OwnerOfAsync(here), to: 0, method, path, forged);
            Assert.That((await SendAsync(_here, method, path, ticket)).Status, Is.EqualTo(403), $"{method} {path}");
        }

        Assert.That((await _here.FindAsync(here.GenerationId)).GetProperty("state").GetString(), Is.EqualTo("running"));
    }

    [Test]
    public async Task The_ticket_says_who_asks_and_the_cookie_does_not()
    {
        await using var here = await StallAsync();
        using var stranger = await _group.NewUserAsync(0);
        var path = $"/chat/stream/{here.GenerationId}";

        var users = await TicketAsync(await OwnerOfAsync(here), to: 0, HttpMethod.Get, path);
        var strangers = await TicketAsync(Owner.NewBrowser(), to: 0, HttpMethod.Get, path);

        Assert.That((await SendAsync(stranger, HttpMethod.Get, path, users)).Status, Is.EqualTo(200));
        Assert.That((await SendAsync(_here, HttpMethod.Get, path, strangers)).Status, Is.EqualTo(404));
    }

    [Test]
    public async Task A_ticket_for_one_instance_is_misdirected_at_the_other()
    {
        await using var here = await StallAsync();

        foreach (var (method, path) in RequestsAbout(here))
        {
            var ticket = await TicketAsync(await OwnerOfAsync(here), to: 1, method, path);
            Assert.That((await SendAsync(_here, method, path, ticket)).Status, Is.EqualTo(421), $"{method} {path}");
        }

        Assert.That((await _here.FindAsync(here.GenerationId)).GetProperty("state").GetString(), Is.EqualTo("running"));
    }

    [Test]
    public async Task What_was_forwarded_is_not_forwarded_again()
    {
        await using var here = await StallAsync();

        foreach (var (method, path) in RequestsAbout(here))
        {
            var ticket = await TicketAsync(await OwnerOfAsync(here), to: 1, method, path);
            Assert.That(
                await SendAsync(_there, method, path, ticket), Is.EqualTo((503, "answer_elsewhere", "1")), $"{method} {path}");
        }
        Assert.That((await _here.FindAsync(here.GenerationId)).GetProperty("state").GetString(), Is.EqualTo("running"));

        (await _here.StopAsync(here.GenerationId)).Dispose();
        await here.ToEndAsync();
        var attach = EventStreamOf($"/chat/stream/{here.GenerationId}");
        attach.Headers.Add(
            ForwardedTicket.Header,
            await TicketAsync(await OwnerOfAsync(here), to: 1, HttpMethod.Get, attach.RequestUri!.OriginalString));
        await using var stored = await (await _there.StreamAsync(attach)).ToEndAsync();
        Assert.That(
            stored.Frames.Select(frame => frame.Event), Is.EqualTo(new[] { "start", "snapshot", "finish", "stop" }),
            "from the database, although the other instance still has the frames");
    }

    private static (HttpMethod Method, string Path)[] RequestsAbout(EventStream answer) =>
    [
        (HttpMethod.Get, $"/chat/stream/{answer.GenerationId}"),
        (HttpMethod.Post, $"/chat/stream/{answer.GenerationId}/stop"),
    ];

    private async Task<EventStream> StallAsync()
    {
        Answers(Script.Start().Text("so far").Stall());
        var stream = await BeginAsync();
        await stream.UntilTextAsync("so far");
        return stream;
    }

    private async Task<Owner> OwnerOfAsync(EventStream answer)
    {
        var database = _group.Database.ForProcess();
        await using var _ = (IAsyncDisposable)database;
        await using var db = database.ReadAs(default);
        return new Owner(db.Messages.IgnoreQueryFilters().Single(message => message.Id == answer.GenerationId).OwnerId);
    }

    /// <summary>A ticket as an instance would write it.</summary>
    /// <param name="owner">Who asks.</param>
    /// <param name="to">The number of the instance that is meant.</param>
    /// <param name="method">The request's method.</param>
    /// <param name="path">The request's path.</param>
    /// <param name="secret">Another one than the instances have; empty: theirs.</param>
    private async Task<string> TicketAsync(Owner owner, int to, HttpMethod method, string path, string secret = "")
    {
        var instances = _group.Database.InstancesForProcess();
        await using var _ = (IAsyncDisposable)instances;
        var cluster = new Cluster(instances);
        await cluster.JoinAsync(CancellationToken.None);
        var alive = await instances.AliveAsync("", CancellationToken.None);
        var meant = alive.Single(row => new Uri(row.Address) == new Uri(_group.Addresses[to].GetLeftPart(UriPartial.Authority)));
        return new ForwardedTicket(
            cluster, new Instance(), Options.Create(new ClusterOptions { Secret = secret }), TimeProvider.System)
            .Write(new Caller(owner, "127.0.0.1"), meant.Id, method.Method, path);
    }

    private static async Task<(int Status, string? Code, string? RetryAfter)> SendAsync(
        ChatClient user, HttpMethod method, string path, string ticket)
    {
        using var request = new HttpRequestMessage(method, path) { Headers = { { ForwardedTicket.Header, ticket } } };
        var (response, body) = await user.JsonAsync(request);
        using var _ = response;
        var code = (int)response.StatusCode >= 400 && body.TryGetProperty("code", out var told) ? told.GetString() : null;
        return ((int)response.StatusCode, code, response.Headers.RetryAfter?.ToString());
    }
}
