using System.Net;
using ChatStream.Web.Tests.Files;
using ChatStream.Web.Tests.Infrastructure;
using NUnit.Framework;

namespace ChatStream.Web.Tests.Integration.Instances;

/// <summary>A file that was uploaded at one instance is there at the other one, for its owner only.</summary>
internal sealed class FilesAcrossInstancesTests
{
    [Test]
    [CancelAfter(120_000)]
    public async Task A_file_is_uploaded_here_and_read_sent_and_removed_there(CancellationToken timeout)
    {
        await using var group = await InstanceGroup.StartAsync(
            2, timeout, settings: [("AzureOpenAI:Images", "true"), ("Conversations:RestoreFor", "00:00:00")]);
        using var user = await group.NewUserAsync(0);
        using var elsewhere = group.At(1, user);
        using var stranger = await group.NewUserAsync(1);
        // Larger than one part of the database, so that parts of both instances would not fit together.
        var picture = Pictures.Png(Pictures.Header(700_000 / 3, 1), Pictures.Chunk("IDAT", Pictures.Deflated(Noise(700_000))));
        var id = await user.UploadedAsync(picture, "red.png");

        var here = await user.Http.GetByteArrayAsync(new Uri($"/files/{id}", UriKind.Relative), timeout);
        var there = await elsewhere.Http.GetByteArrayAsync(new Uri($"/files/{id}", UriKind.Relative), timeout);
        using var theirs = await stranger.Http.GetAsync(new Uri($"/files/{id}", UriKind.Relative), timeout);
        var again = await elsewhere.UploadedAsync(picture, "same.png");
        await using var stream = await (await elsewhere.StreamAsync(
            ChatClient.Post(new { message = "What is it?", files = new[] { id } }), timeout)).ToEndAsync();
        // Each upload keeps the file for one message.
        await using var second = await (await elsewhere.StreamAsync(
            ChatClient.Post(new { message = "And here?", conversationId = stream.ConversationId, files = new[] { again } }),
            timeout)).ToEndAsync();
        await using var attached = await (await user.AttachAsync(stream.GenerationId, cancellationToken: timeout)).ToEndAsync();

        Assert.That(there, Is.EqualTo(here));
        Assert.That(here, Has.Length.GreaterThan(600_000));
        Assert.That(theirs.StatusCode, Is.EqualTo(HttpStatusCode.NotFound));
        Assert.That(again, Is.EqualTo(id), "a content is stored once");
        Assert.That(group.Emulator.Requests[^2].Json.GetRawText(), Does.Contain(Convert.ToBase64String(here)));
        Assert.That(attached.Text, Is.EqualTo(stream.Text));

        using var deleted = await user.Http.DeleteAsync($"/conversations/{stream.ConversationId}", timeout);
        Assert.That(deleted.StatusCode, Is.EqualTo(HttpStatusCode.NoContent));
        HttpStatusCode left;
        do
        {
            using var response = await elsewhere.Http.GetAsync(new Uri($"/files/{id}", UriKind.Relative), timeout);
            left = response.StatusCode;
        }
        while (left == HttpStatusCode.OK);
        Assert.That(left, Is.EqualTo(HttpStatusCode.NotFound));
    }

    private static byte[] Noise(int bytes)
    {
        var noise = new byte[bytes];
        new Random(7).NextBytes(noise.AsSpan(1)); // after the filter of the only row
        return noise;
    }
}
