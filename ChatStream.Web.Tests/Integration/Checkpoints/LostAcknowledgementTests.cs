using ChatStream.Emulator;
using ChatStream.Web.Contract;
using ChatStream.Web.Storage;
using ChatStream.Web.Tests.Infrastructure;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using NUnit.Framework;

namespace ChatStream.Web.Tests.Integration.Checkpoints;

/// <summary>PostgreSQL commits, and its answer is lost on the way.</summary>
internal sealed class LostAcknowledgementTests : AppTest
{
    private const string Start = "INSERT INTO \"Messages\"";
    private const string End = "UPDATE \"Messages\" SET \"Text\"";

    private TestDatabase? _database;
    private CommitProxy? _proxy;

    protected override async Task PrepareAsync()
    {
        _database = await TestDatabase.NewAsync(DatabaseKind.Postgres);
        _proxy = await CommitProxy.StartAsync(_database.Place);
    }

    protected override void Configure(ChatApp.Setup setup)
    {
        setup.Settings["ConnectionStrings:Postgres"] = _proxy!.ConnectionString;
        setup.Settings["AzureOpenAI:Tools"] = "true";
        setup.Settings["Tools:Calculator:Enabled"] = "true";
        Emulator.On(request => request.HasToolResults ? Script.Answer("It is ", request.ToolResults[^1])
            : request.LastUserMessage != "Reckon" ? null
            : Script.Start().ToolCall(0, """{"expression":"6*7"}""", "call_0", "calculator").Finish("tool_calls").Done());
    }

    [OneTimeTearDown]
    public async Task DropDatabaseAsync()
    {
        await StopAppAsync();
        if (_proxy is not null)
            await _proxy.DisposeAsync();
        if (_database is not null)
            await _database.DisposeAsync();
    }

    [Test]
    public async Task A_start_that_was_kept_goes_on()
    {
        await User.IdentifyAsync();
        var cut = _proxy!.SwallowCommitAfter(Start);

        await using var stream = await (await User.StartAsync("Hi")).ToEndAsync();

        await cut.WaitAsync(Token);
        Assert.That((stream.Text, stream.Frames[^2].Data), Is.EqualTo(("Hi", """{"reason":"completed"}""")));
        Assert.That(Asked, Is.EqualTo(1));
        Assert.That(await AnswersAsync(stream.ConversationId), Is.EqualTo(new[] { (FinishReason?)FinishReason.Completed }));
    }

    [Test]
    public async Task A_start_that_was_kept_is_asked_with_the_files_and_the_calls_of_its_conversation()
    {
        var first = await User.AskAsync("Reckon");
        var conversationId = first.GetProperty("conversationId").GetString();
        var file = await User.UploadedAsync("Tea: 3 euros");
        var cut = _proxy!.SwallowCommitAfter(Start);

        await using var stream = await (await User.StreamAsync(
            ChatClient.Post(new { message = "What is it?", conversationId, files = new[] { file } }), Token)).ToEndAsync();

        await cut.WaitAsync(Token);
        Assert.That(stream.Frames[^2].Data, Is.EqualTo("""{"reason":"completed"}"""));
        var sent = Emulator.Requests[^1].Json.GetRawText();
        Assert.That(sent, Does.Contain("Tea: 3 euros").And.Contain("\"tool_calls\""));
    }

    [Test]
    public async Task A_start_of_which_nothing_can_be_learned_is_refused_as_unknown_and_ends()
    {
        await User.IdentifyAsync();
        var cut = _proxy!.SwallowCommitAfter(Start, thenAway: true);

        var (refused, problem) = await User.JsonAsync(ChatClient.Post(new { message = "Hi" }, idempotencyKey: "unknown"));

        await cut.WaitAsync(Token);
        Assert.That(
            ((int)refused.StatusCode, problem.GetProperty("code").GetString(), problem.GetProperty("detail").GetString()),
            Is.EqualTo((503, "maybe_stored", "The database did not answer. It is not known whether it took what was sent.")));
        _proxy.Return();
        await ReadyAsync();
        var (_, list) = await User.JsonAsync(new HttpRequestMessage(HttpMethod.Get, "/conversations"));
        var conversation = list.GetProperty("conversations")[0].GetProperty("id").GetString()!;
        var next = await User.AskAsync("And on", conversation);
        Assert.That(next.GetProperty("text").GetString(), Is.EqualTo("Hi\n\nAnd on"), "nothing holds the conversation");
        Assert.That(
            await AnswersAsync(conversation),
            Is.EquivalentTo(new FinishReason?[] { FinishReason.Interrupted, FinishReason.Completed }));
        Assert.That(Asked, Is.EqualTo(1), "the unknown one never asked");
        using var deleted = await User.Http.DeleteAsync($"/conversations/{conversation}", Token);
        Assert.That((int)deleted.StatusCode, Is.EqualTo(204));
    }

    [Test]
    public async Task An_end_that_was_kept_is_told_as_it_was()
    {
        var gate = new Gate();
        Answers("Hi", Script.Start().Text("so far").Wait(gate).Finish("stop").Done());
        await using var stream = await User.StartAsync("Hi");
        await stream.UntilTextAsync("so far");
        var cut = _proxy!.SwallowCommitAfter(End);

        gate.Open();
        await stream.ToEndAsync();

        await cut.WaitAsync(Token);
        Assert.That(stream.Frames[^2].Data, Is.EqualTo("""{"reason":"completed"}"""));
        Assert.That(await AnswersAsync(stream.ConversationId), Is.EqualTo(new[] { (FinishReason?)FinishReason.Completed }));
    }

    [Test]
    public async Task An_end_of_which_nothing_can_be_learned_is_stored_as_it_was_told()
    {
        var gate = new Gate();
        Answers("Hi", Script.Start().Text("so far").Wait(gate).Finish("stop").Done());
        await using var stream = await User.StartAsync("Hi");
        await stream.UntilTextAsync("so far");
        var cut = _proxy!.SwallowCommitAfter(End, thenAway: true);

        gate.Open();
        await stream.ToEndAsync();

        await cut.WaitAsync(Token);
        Assert.That(stream.Frames[^2].Data, Is.EqualTo("""{"reason":"failed"}"""));
        _proxy.Return();
        await ReadyAsync();
        List<FinishReason?> stored;
        while ((stored = await AnswersAsync(stream.ConversationId))[0] is null)
            Token.ThrowIfCancellationRequested();
        Assert.That(stored, Is.EqualTo(new[] { (FinishReason?)FinishReason.Failed }));
    }

    private async Task ReadyAsync()
    {
        while (!(await User.Http.GetAsync("/health/ready", Token)).IsSuccessStatusCode)
            Token.ThrowIfCancellationRequested();
    }

    private async Task<List<FinishReason?>> AnswersAsync(string conversationId)
    {
        await using var db = App.Services.GetRequiredService<IChatDatabase>().ReadAs(default);
        return await db.Messages.IgnoreQueryFilters()
            .Where(message => message.ConversationId == conversationId && message.Role == MessageRole.Assistant)
            .Select(message => message.FinishReason).ToListAsync(Token);
    }
}
