using ChatStream.Web.Contract;
using ChatStream.Web.Storage;
using ChatStream.Web.Tests.Infrastructure;
using Microsoft.Extensions.DependencyInjection;
using NUnit.Framework;

namespace ChatStream.Web.Tests.Integration.Owning;

/// <summary>An answer without an end that no process runs ends as interrupted, without a restart.</summary>
internal sealed class OrphanTests(DatabaseKind kind) : OwningTest(kind)
{
    private static readonly (FinishReason?, FailureCode?, string) Ended =
        (FinishReason.Interrupted, FailureCode.Interrupted, "kept");

    [TestCase("another-process0")]
    [TestCase(null)]
    [TestCase("this process")]
    public async Task An_orphan_ends_within_seconds(string? instance)
    {
        var (id, _) = await OrphanAsync(
            instance == "this process" ? App.Services.GetRequiredService<Instance>().Id : instance);
        Lines.Clear();

        Look();

        await Lines.LineAsync(line => line.Text == "1 answers that nothing ran were ended.", Token);
        Assert.That(await EndAsync(id), Is.EqualTo(Ended));
    }

    [Test]
    public async Task A_request_for_an_orphan_ends_it()
    {
        var (id, conversation) = await OrphanAsync("another-process0");

        await using var stream = await (await User.AttachAsync(id, $"{id}.0")).ToEndAsync();

        Assert.That(stream.Frames[^2].Data, Is.EqualTo("""{"reason":"interrupted"}"""));
        Assert.That(await EndAsync(id), Is.EqualTo(Ended));
        using var page = await User.Http.GetAsync($"/chat/{conversation}", Token);
        Assert.That((int)page.StatusCode, Is.EqualTo(200));
    }

    [Test]
    public async Task The_state_of_an_orphan_is_its_end()
    {
        var (id, _) = await OrphanAsync("another-process0");

        var state = await User.FindAsync(id);

        Assert.That(
            (state.GetProperty("state").GetString(), state.GetProperty("text").GetString(),
                state.GetProperty("failure").GetProperty("code").GetString()),
            Is.EqualTo(("ended", "kept", "interrupted")));
        Assert.That(await EndAsync(id), Is.EqualTo(Ended));
    }

    [Test]
    public async Task A_message_after_an_orphan_is_answered()
    {
        var (id, conversation) = await OrphanAsync("another-process0");

        var next = await User.AskAsync("More", conversation);

        Assert.That(next.GetProperty("text").GetString(), Is.EqualTo("More"));
        Assert.That(await EndAsync(id), Is.EqualTo(Ended));
    }

    private async Task<(FinishReason?, FailureCode?, string)> EndAsync(string id)
    {
        var stored = await StoredAsync(id);
        return (stored.FinishReason, stored.FailureCode, stored.Text);
    }
}
