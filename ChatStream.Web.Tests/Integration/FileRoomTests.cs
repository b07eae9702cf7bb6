using ChatStream.Web.Tests.Infrastructure;
using ChatStream.Web.Tests.Integration.Conversations;
using NUnit.Framework;

namespace ChatStream.Web.Tests.Integration;

/// <summary>Room for files is made by removing for good what was deleted.</summary>
internal sealed class FileRoomTests(DatabaseKind kind) : ConversationsTest(kind)
{
    protected override void Configure(ChatApp.Setup setup)
    {
        base.Configure(setup);
        setup.Settings["Files:StoredBytesPerUser"] = "4000";
    }

    [Test]
    public async Task An_upload_that_needs_the_room_empties_the_wastebasket([Values(1, 30)] int messages)
    {
        var talk = await TalkWithFileAsync(2_800);
        // Of a large conversation the rows are removed later.
        for (var i = 1; i < messages; i++)
            await TalkAsync($"More {i}", talk);
        Assert.That(await UploadAsync(2_400), Is.EqualTo("file_quota"), "it is not deleted yet");
        await SendAsync(HttpMethod.Delete, $"/conversations/{talk}");

        Assert.That(await UploadAsync(1_000), Is.Null);
        Assert.That(await RestoreAsync(talk), Does.Contain(talk), "there was room without it");
        await SendAsync(HttpMethod.Delete, $"/conversations/{talk}");
        Assert.That(await UploadAsync(2_400), Is.Null);

        Assert.That(await RestoreAsync(talk), Does.Not.Contain(talk));
    }

    [Test]
    public async Task A_file_that_waits_for_its_message_is_not_removed_for_room()
    {
        var talk = await TalkWithFileAsync(2_800);
        var again = await User.UploadedAsync(new string('2', 2_800));
        await SendAsync(HttpMethod.Delete, $"/conversations/{talk}");

        Assert.That(await UploadAsync(2_400), Is.EqualTo("file_quota"));

        Assert.That((await GetAsync($"/files/{again}")).Status, Is.EqualTo(200));
    }

    [Test]
    public async Task A_file_that_can_never_fit_empties_nothing()
    {
        var talk = await TalkWithFileAsync(2_800);
        await SendAsync(HttpMethod.Delete, $"/conversations/{talk}");

        Assert.That(await UploadAsync(4_001), Is.EqualTo("file_quota"));

        Assert.That(await RestoreAsync(talk), Does.Contain(talk));
    }

    private async Task<string> TalkWithFileAsync(int bytes)
    {
        var file = await User.UploadedAsync(new string('2', bytes));
        var (_, asked) = await User.JsonAsync(
            ChatClient.Post(new { message = "What is it?", files = new[] { file } }, "application/json"));
        return asked.GetProperty("conversationId").GetString()!;
    }

    /// <summary>The code of the refusal; null: the file is taken.</summary>
    private async Task<string?> UploadAsync(int bytes)
    {
        var (_, body) = await User.UploadAsync(System.Text.Encoding.UTF8.GetBytes(new string('3', bytes)), $"{bytes}.txt");
        return body.TryGetProperty("code", out var code) ? code.GetString() : null;
    }

    private async Task<string> RestoreAsync(string id) =>
        (await SendAsync(HttpMethod.Post, "/conversations/restore", $$"""{"ids":["{{id}}"]}""")).Body;
}
