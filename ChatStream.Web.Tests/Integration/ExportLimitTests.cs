using ChatStream.Web.Tests.Files;
using ChatStream.Web.Tests.Infrastructure;
using ChatStream.Web.Tests.Integration.Conversations;
using NUnit.Framework;

namespace ChatStream.Web.Tests.Integration;

/// <summary>A slow client that downloads holds a place until it has everything.</summary>
internal sealed class ExportLimitTests(DatabaseKind kind) : ConversationsTest(kind)
{
    /// <summary>Of an image of 8 MB: more than the buffers between the app and a client that takes nothing.</summary>
    private const int Side = 1_640;

    protected override void Configure(ChatApp.Setup setup)
    {
        base.Configure(setup);
        setup.Settings["Limits:ExportsAtOnce"] = "2";
        setup.Settings["Limits:ExportsAtOncePerUser"] = "1";
    }

    [Test]
    public async Task A_user_downloads_one_at_a_time_and_all_together_two()
    {
        var id = await TalkWithImageAsync(User);
        var others = new[] { App.NewUser(), App.NewUser() };
        var ids = new List<string>();
        foreach (var other in others)
            ids.Add(await TalkWithImageAsync(other));

        using (await HeldAsync(User, $"/conversations/{id}/export?format=json"))
        {
            string[] paths = [$"/conversations/{id}/export", $"/conversations/{id}/export?format=json", "/account/export"];
            foreach (var path in paths)
            {
                var refused = await GetAsync(path);
                var code = refused.Json.GetProperty("code").GetString();
                Assert.That((refused.Status, code), Is.EqualTo((429, "too_many_exports")));
                Assert.That(refused.Response.Headers.RetryAfter, Is.Not.Null);
            }
            Assert.That((await GetAsync($"/conversations/{id}")).Status, Is.EqualTo(200), "it is no export");
            using (await HeldAsync(others[0], "/account/export"))
                Assert.That((await GetAsync($"/conversations/{ids[1]}/export", others[1])).Status, Is.EqualTo(429));
        }

        while ((await GetAsync($"/conversations/{ids[1]}/export", others[1])).Status != 200)
            Token.ThrowIfCancellationRequested(); // the places are given back when the connections are seen to be gone
        while ((await GetAsync($"/conversations/{id}/export?format=json")) is { Status: not 200 })
            Token.ThrowIfCancellationRequested();
        Array.ForEach(others, other => other.Dispose());
    }

    [Test]
    public async Task An_export_with_files_is_one_object_that_can_be_imported()
    {
        string[] files = [await User.UploadedAsync("first", "a.txt"), await User.UploadedAsync("second", "b.txt")];
        var (_, asked) = await User.JsonAsync(ChatClient.Post(new { message = "What?", files }, "application/json"));

        var export = await GetAsync($"/conversations/{asked.GetProperty("conversationId")}/export?format=json");

        Assert.That(export.Response.Content.Headers.ContentType!.ToString(), Is.EqualTo("application/json; charset=utf-8"));
        Assert.That(export.Response.Headers.CacheControl!.ToString(), Is.EqualTo("no-store"));
        Assert.That(
            export.Json.GetProperty("files").EnumerateArray().Select(file => (
                file.GetProperty("id").GetString(), file.GetProperty("name").GetString(),
                System.Text.Encoding.UTF8.GetString(file.GetProperty("data").GetBytesFromBase64()))),
            Is.EqualTo(new[] { (files[0], "a.txt", "first"), (files[1], "b.txt", "second") }));
        Assert.That((await SendAsync(HttpMethod.Post, "/conversations/import", export.Body)).Status, Is.EqualTo(201));
    }

    private static async Task<string> TalkWithImageAsync(ChatClient user)
    {
        // Random pixels, so that an archive cannot make them small.
        var rows = new byte[Side * ((Side * 3) + 1)];
        new Random(1).NextBytes(rows);
        for (var y = 0; y < Side; y++)
            rows[y * ((Side * 3) + 1)] = 0;
        var image = Pictures.Png(Pictures.Header(Side, Side), Pictures.Chunk("IDAT", Pictures.Deflated(rows)));
        var (_, asked) = await user.JsonAsync(ChatClient.Post(
            new { message = "What?", files = new[] { await user.UploadedAsync(image, "large.png") } }, "application/json"));
        return asked.GetProperty("conversationId").GetString()!;
    }

    /// <summary>A download of which the client has read the head only.</summary>
    private static async Task<RawConnection> HeldAsync(ChatClient user, string path)
    {
        var connection = await RawConnection.GetAsync(user, path, Token, receiveBuffer: 4096);
        Assert.That(await connection.ReadUntilAsync("\r\n\r\n", Token), Does.StartWith("HTTP/1.1 200 "));
        return connection;
    }
}
