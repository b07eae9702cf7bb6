using System.Net;
using ChatStream.Emulator;
using ChatStream.Web.Answers.Owning;
using ChatStream.Web.Answers.Running;
using ChatStream.Web.Contract;
using ChatStream.Web.Storage;
using ChatStream.Web.Tests.Infrastructure;
using Microsoft.Extensions.DependencyInjection;
using NUnit.Framework;

namespace ChatStream.Web.Tests.Integration.Owning;

/// <summary>What becomes of an answer that this instance has lost is for the one that has it now.</summary>
internal sealed class LostToAnotherTests(DatabaseKind kind) : OwningTest(kind)
{
    private const string Other = "another-process0";

    private GenerationRegistry Registry => App.Services.GetRequiredService<GenerationRegistry>();

    private SteppedDatabase Steps => App.Services.GetRequiredService<SteppedDatabase>();

    protected override void Configure(ChatApp.Setup setup)
    {
        base.Configure(setup);
        var services = setup.Services;
        setup.Services = all =>
        {
            services(all);
            SteppedDatabase.AddTo(all);
        };
    }

    [SetUp]
    public async Task AddOtherAsync()
    {
        if (Kind == DatabaseKind.Sqlite)
            Assert.Ignore("A SQLite database has one instance.");
        // It cannot be reached.
        await App.Services.GetRequiredService<IInstances>()
            .AddAsync(new InstanceRow(Other, "http://127.0.0.1:1", ""), TimeSpan.FromHours(1), Token);
    }

    [TearDown]
    public async Task RemoveOtherAsync()
    {
        if (Kind == DatabaseKind.Sqlite)
            return;
        Steps.Before = (_, _) => Task.CompletedTask;
        await App.Services.GetRequiredService<IInstances>().RemoveAsync(Other, CancellationToken.None);
    }

    [Test]
    public async Task What_is_asked_about_it_is_sent_there()
    {
        Answers("Hi", Script.Start().Text("so far").Stall());
        await using var stream = await User.StartAsync("Hi");
        await stream.UntilTextAsync("so far");
        await OwnAsync(stream.GenerationId, Other);

        Look();

        await stream.ToEndAsync();
        Assert.That(stream.Frames[^2].Data, Is.EqualTo("""{"reason":"interrupted"}"""));
        await AssertElsewhereAsync(stream.GenerationId);
        using var tree = await User.Http.GetAsync($"/conversations/{stream.ConversationId}", Token);
        Assert.That(tree.StatusCode, Is.EqualTo(HttpStatusCode.OK));
    }

    [Test]
    public async Task The_request_that_started_it_is_not_sent_there()
    {
        Answers("Hi", Script.Start().Text("so far").Stall());
        var starting = User.JsonAsync(ChatClient.Post(new { message = "Hi" }, "application/json"));
        await AskedAsync();
        var generation = Registry.Running.Single();
        await OwnAsync(generation.Id, Other);

        Look();

        var (response, problem) = await starting;
        Assert.That(
            ((int)response.StatusCode, problem.GetProperty("code").GetString(), problem.GetProperty("generationId").GetString()),
            Is.EqualTo((503, "answer_elsewhere", generation.Id)));
        Assert.That(Asked, Is.EqualTo(1));
    }

    [Test]
    public async Task An_end_that_waited_to_be_stored_gives_way()
    {
        var gate = new Gate();
        Answers("Hi", Script.Start().Text("so far").Wait(gate).Finish("stop").Done());
        await using var stream = await User.StartAsync("Hi");
        await stream.UntilTextAsync("so far");
        var owner = await FailAsync(stream);
        gate.Open();
        await stream.ToEndAsync();
        Assert.That(stream.Frames[^2].Data, Is.EqualTo("""{"reason":"failed"}"""));
        await OwnAsync(stream.GenerationId, Other);
        Steps.Before = (_, _) => Task.CompletedTask;

        while (Registry.Find(owner, stream.GenerationId) is not null)
        {
            Token.ThrowIfCancellationRequested();
            Look();
            await Task.Yield();
        }

        await AssertElsewhereAsync(stream.GenerationId);
    }

    [Test]
    public async Task An_end_that_waits_is_stored_as_it_was_told_though_the_process_has_begun_anew()
    {
        var gate = new Gate();
        Answers("Ho", Script.Start().Text("so far").Wait(gate).Finish("stop").Done());
        await OrphanAsync("another-process1");
        await using var stream = await User.StartAsync("Ho");
        await stream.UntilTextAsync("so far");
        await FailAsync(stream);
        gate.Open();
        await stream.ToEndAsync();
        await App.Services.GetRequiredService<Lease>().BeginAnewAsync(Token);
        Lines.Clear();

        Look();
        await Lines.LineAsync(
            line => line.Text.EndsWith("answers that nothing ran were ended.", StringComparison.Ordinal), Token);
        Steps.Before = (_, _) => Task.CompletedTask;
        Message stored;
        while ((stored = await StoredAsync(stream.GenerationId)).IsRunning)
        {
            Token.ThrowIfCancellationRequested();
            Look();
        }

        Assert.That(stream.Frames[^2].Data, Is.EqualTo("""{"reason":"failed"}"""));
        Assert.That((stored.FinishReason, stored.Text), Is.EqualTo(((FinishReason?)FinishReason.Failed, "so far")));
    }

    /// <summary>From now on the database takes no write of the answer's user.</summary>
    private async Task<Owner> FailAsync(EventStream stream)
    {
        var owner = new Owner((await StoredAsync(stream.GenerationId)).OwnerId);
        Steps.Before = (writer, _) => writer == owner
            ? throw new StorageException(new IOException("No space left on device")) : Task.CompletedTask;
        return owner;
    }

    private async Task AssertElsewhereAsync(string id)
    {
        foreach (var request in new HttpRequestMessage[]
        {
            new(HttpMethod.Get, $"/chat/stream/{id}") { Headers = { { "Accept", "text/event-stream" } } },
            new(HttpMethod.Get, $"/chat/stream/{id}"),
            new(HttpMethod.Post, $"/chat/stream/{id}/stop"),
            new(HttpMethod.Post, $"/chat/stream/{id}/tools/call_1")
            {
                Content = new StringContent("""{"decision":"allow"}""", null, "application/json"),
            },
        })
        {
            var (response, problem) = await User.JsonAsync(request);
            Assert.That(
                ((int)response.StatusCode, problem.GetProperty("code").GetString()), Is.EqualTo((503, "answer_elsewhere")),
                $"{request.Method} {request.RequestUri}");
        }
    }
}
