using System.IO.Compression;
using System.Net.Http.Headers;
using System.Text.Json;
using ChatStream.Web.Tests.Files;
using ChatStream.Web.Tests.Infrastructure;
using NUnit.Framework;

namespace ChatStream.Web.Tests.Integration.Conversations;

/// <summary>Exports that are one ZIP archive, and archives that are not what they say.</summary>
internal sealed class ArchiveImportTests(DatabaseKind kind) : ConversationsTest(kind)
{
    private const string WithFiles = """
        [{"title":"Photo","current_node":"a","mapping":{
          "r":{"id":"r","message":null,"parent":null},
          "q":{"id":"q","parent":"r","message":{"author":{"role":"user"},"content":{"content_type":"multimodal_text","parts":[
            {"content_type":"image_asset_pointer","asset_pointer":"file-service://file-AbC123"},
            {"content_type":"image_asset_pointer","asset_pointer":"sediment://file_000b"},
            {"content_type":"image_asset_pointer","asset_pointer":"file-service://file-gone"},"What is it?"]},
            "metadata":{"attachments":[{"id":"file-note","name":"My note.txt","mime_type":"text/plain"},
              {"id":"file-AbC123","name":"p.png","mime_type":"image/png"}]}}},
          "a":{"id":"a","parent":"q","message":{"author":{"role":"assistant"},
            "content":{"content_type":"text","parts":["A red square."]}}}}}]
        """;

    [Test]
    public async Task The_archive_of_chatgpt_is_imported_with_its_images_and_files()
    {
        var (status, body) = await ImportAsync(Archive(
            ("user.json", "{\"id\":\"u\"}"u8.ToArray()),
            ("conversations.json", Bytes(WithFiles)),
            ("file-AbC123-photo.png", Pictures.Png()),
            ("user-x/file_000b-sanitized.jpg", [0xff, 0xd8, 0xff, 0xe0, 0, 1, 2]),
            ("file-note-My note.txt", "words"u8.ToArray())));

        Assert.That(status, Is.EqualTo(200), body);
        var report = JsonDocument.Parse(body).RootElement;
        Assert.That(report.GetProperty("conversations").GetArrayLength(), Is.EqualTo(1));
        Assert.That(
            report.GetProperty("left").EnumerateArray().Select(left =>
                (left.GetProperty("kind").GetString(), left.GetProperty("count").GetInt32())),
            Is.EquivalentTo(new[] { ("image", 1), ("file", 1) }), "one is not there, and one is no image");
        var id = report.GetProperty("conversations")[0].GetProperty("id").GetString();
        var tree = JsonDocument.Parse(await User.Http.GetStringAsync($"/conversations/{id}", Token)).RootElement;
        var question = tree.GetProperty("messages")[0];
        Assert.That(question.GetProperty("text").GetString(), Is.EqualTo("[image]\nWhat is it?"));
        var files = question.GetProperty("files").EnumerateArray().ToList();
        Assert.That(
            files.Select(file => file.GetProperty("name").GetString()),
            Is.EquivalentTo(new[] { "My note.txt", "file-AbC123-photo.png" }));
        var image = files.Single(file => file.GetProperty("mediaType").GetString() == "image/png");
        using var shown = await User.Http.GetAsync($"/files/{image.GetProperty("id").GetString()}", Token);
        Assert.That((int)shown.StatusCode, Is.EqualTo(200));
    }

    [Test]
    public async Task An_archive_of_several_files_and_the_download_of_an_account_are_imported()
    {
        var one = Bytes("""
            [{"title":"T","mapping":{"q":{"id":"q","message":{"author":{"role":"user"},
              "content":{"content_type":"text","parts":["Hi"]}}}}}]
            """);
        var (status, body) = await ImportAsync(
            Archive(("data/conversations-000.json", one), ("data/conversations-001.json", one), ("x.json", one)));
        Assert.That((status, Conversations(body)), Is.EqualTo((200, 2)), body);

        await User.AskAsync("Whale");
        var account = await User.Http.GetByteArrayAsync("/account/export", Token);
        var (again, report) = await ImportAsync(account);
        Assert.That((again, Conversations(report)), Is.EqualTo((200, 3)), report);
    }

    [Test]
    public async Task What_becomes_too_much_is_refused_however_small_it_is_as_an_archive()
    {
        var bomb = Archive(("conversations.json", null));
        var many = Archive([.. Enumerable.Range(0, 20_001).Select(i => ($"{i}", Array.Empty<byte>()))]);
        Assert.That(bomb, Has.Length.LessThan(2_000_000));

        foreach (var archive in new[] { bomb, many })
        {
            var (status, body) = await ImportAsync(archive);
            Assert.That(status, Is.EqualTo(413), body);
            Assert.That(body, Does.Contain("\"code\":\"import_archive_too_large\"").And.Contain("\"numbers\":[256]"));
        }
    }

    [Test]
    public async Task What_is_no_archive_or_has_no_conversation_is_refused()
    {
        var whole = Archive(("conversations.json", Bytes("[" + new string(' ', 1_000) + "{}]")));
        byte[][] others =
        [
            [.. "PK\u0003\u0004"u8, .. new byte[100]], Archive(("notes.json", Bytes("[]"))), Archive(), whole[..^30],
            Archive(("conversations.json", Bytes("[{\"mapping\""))),
        ];
        foreach (var body in others)
        {
            var (status, refused) = await ImportAsync(body);
            Assert.That(status, Is.EqualTo(400), refused);
        }
        Assert.That((await ImportAsync(whole, "text/plain")).Status, Is.EqualTo(415));
    }

    private static int Conversations(string report) =>
        JsonDocument.Parse(report).RootElement.GetProperty("conversations").GetArrayLength();

    private static byte[] Bytes(string text) => System.Text.Encoding.UTF8.GetBytes(text);

    /// <summary>Null: 300 MB of spaces.</summary>
    private static byte[] Archive(params (string Name, byte[]? Content)[] files)
    {
        using var bytes = new MemoryStream();
        using (var zip = new ZipArchive(bytes, ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach (var (name, content) in files)
            {
                using var entry = zip.CreateEntry(name).Open();
                if (content is not null)
                {
                    entry.Write(content);
                    continue;
                }
                var spaces = new byte[1_000_000];
                spaces.AsSpan().Fill((byte)' ');
                for (var i = 0; i < 300; i++)
                    entry.Write(spaces);
            }
        }
        return bytes.ToArray();
    }

    private async Task<(int Status, string Body)> ImportAsync(byte[] body, string type = "application/zip")
    {
        using var content = new ByteArrayContent(body) { Headers = { ContentType = new MediaTypeHeaderValue(type) } };
        using var response = await User.Http.PostAsync("/conversations/import", content, Token);
        return ((int)response.StatusCode, await response.Content.ReadAsStringAsync(Token));
    }
}
