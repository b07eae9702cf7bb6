using System.IO.Compression;
using System.Text;
using ChatStream.Web.Contract;
using ChatStream.Web.Conversations.Foreign;
using ChatStream.Web.Tests.Infrastructure;
using ChatStream.Web.Tests.Storage;
using NUnit.Framework;

namespace ChatStream.Web.Tests.Conversations.Foreign;

/// <summary>How much of an archive is read, as its files are not compressed.</summary>
internal sealed class ArchiveCostTests(DatabaseKind kind) : StoreTest(kind)
{
    private const string Conversation = """
        [{"title":"Photo","mapping":{"q":{"id":"q","message":{"author":{"role":"user"},
          "content":{"content_type":"multimodal_text","parts":[
            {"content_type":"image_asset_pointer","asset_pointer":"file-service://file-a"},"What is it?"]}}}}}]
        """;

    [Test]
    public void A_file_that_cannot_be_taken_is_unpacked_once_however_many_messages_name_it()
    {
        using var body = Archive(FileNode.MostBytes + 1);
        using var archive = ZippedExport.Open(body);
        var opened = body.Taken;

        for (var i = 0; i < 5; i++)
            Assert.That(archive.Read("file-service://file-a"), Is.Null);

        Assert.That(body.Taken - opened, Is.InRange(FileNode.MostBytes, FileNode.MostBytes + 1_000_000));
    }

    [Test]
    public async Task Files_that_are_not_stored_are_not_unpacked()
    {
        using var body = Archive(1_000_000);

        var report = await Store.Library.ImportAsync(Ada, body, Token);

        Assert.That(report.Conversations, Has.Count.EqualTo(1));
        Assert.That(body.Taken, Is.LessThan(1_500_000), "its entries are counted");
    }

    private static CountedStream Archive(int fileBytes)
    {
        using var bytes = new MemoryStream();
        using (var zip = new ZipArchive(bytes, ZipArchiveMode.Create, leaveOpen: true))
        {
            using (var entry = zip.CreateEntry("conversations.json", CompressionLevel.NoCompression).Open())
                entry.Write(Encoding.UTF8.GetBytes(Conversation));
            using (var entry = zip.CreateEntry("file-a.png", CompressionLevel.NoCompression).Open())
                entry.Write(new byte[fileBytes]);
        }
        return new CountedStream(bytes.ToArray());
    }

    private sealed class CountedStream(byte[] bytes) : MemoryStream(bytes, writable: false)
    {
        public long Taken { get; private set; }

        // Other reads go by this one.
        public override int Read(byte[] buffer, int offset, int count) => Count(base.Read(buffer, offset, count));

        private int Count(int read)
        {
            Taken += read;
            return read;
        }
    }
}
