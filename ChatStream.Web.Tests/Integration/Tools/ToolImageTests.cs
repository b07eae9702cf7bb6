using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using ChatStream.Emulator;
using ChatStream.Web.Tests.Files;
using ChatStream.Web.Tests.Infrastructure;
using NUnit.Framework;

namespace ChatStream.Web.Tests.Integration.Tools;

/// <summary>Images in the results of tools are files of the user, as hostile as uploads, and shown to models that see.</summary>
internal sealed class ToolImageTests : ToolTest
{
    private const string Told = "Images in the results of faulty_picture:";

    private readonly string _pictures = Directory.CreateTempSubdirectory("chatstream-pictures-").FullName;

    protected override void Configure(ChatApp.Setup setup)
    {
        base.Configure(setup);
        setup.Settings["Models:0:Images"] = "true";
        setup.Settings["Models:1:Images"] = "true";
        setup.Settings["Models:2:Name"] = "blind";
        setup.Settings["Models:2:Tools"] = "true";
        setup.Settings["Models:2:Images"] = "false";
        setup.Settings["Models:2:Deployments:0:Endpoint"] = Emulator.Endpoint.ToString();
        setup.Settings["Models:2:Deployments:0:Deployment"] = "blind";
        setup.Settings["Models:2:Deployments:0:ApiKey"] = "emulator-key";
        setup.Settings["Tools:McpServers:faulty:Environment:PICTURES"] = _pictures;
    }

    [OneTimeTearDown]
    public void DeletePictures() => Directory.Delete(_pictures, recursive: true);

    [SetUp]
    public async Task DrawAsync()
    {
        await File.WriteAllBytesAsync(
            Path.Combine(_pictures, "good"),
            [.. Pictures.Png(more: Pictures.Chunk("tEXt", [.. "Comment\0"u8, .. HostileFiles.Evil])), .. HostileFiles.Evil],
            Token);
        ModelCalls("Draw", ("faulty_picture", """{"words":"good"}"""));
        Model(Told, _ => Script.Start().Text("I see it.").Finish("stop").Usage(20, 7).Done());
    }

    [TestCase("chat")]
    [TestCase("responses")]
    public async Task An_image_is_stored_without_metadata_shown_to_its_owner_and_to_the_model(string model)
    {
        await using var stream = await (await User.StreamAsync(Ask("Draw", model), Token)).ToEndAsync();

        var call = stream.Frames.Last(frame => frame.Event == "tool").Json;
        Assert.That(call.GetProperty("result").GetString(), Is.EqualTo("Here:\n[image 1]"));
        var id = call.GetProperty("files")[0].GetString()!;
        using var file = await User.Http.GetAsync(new Uri($"/files/{id}", UriKind.Relative), Token);
        var bytes = await file.Content.ReadAsByteArrayAsync(Token);
        Assert.That(file.Content.Headers.ContentType!.ToString(), Is.EqualTo("image/png"));
        Assert.That(Encoding.Latin1.GetString(bytes), Does.Not.Contain(HostileFiles.Script));
        Assert.That(stream.Text, Is.EqualTo("I see it."));
        Assert.That(Emulator.Requests[^1].Json.GetRawText(), Does.Contain(Convert.ToBase64String(bytes)));
        var page = await User.Http.GetStringAsync(new Uri($"/chat/{stream.ConversationId}", UriKind.Relative), Token);
        Assert.That(page, Does.Contain($"<img src=\"/files/{id}\""));
        using var other = App.NewUser();
        using var theirs = await other.Http.GetAsync(new Uri($"/files/{id}", UriKind.Relative), Token);
        Assert.That(theirs.StatusCode, Is.EqualTo(HttpStatusCode.NotFound));

        // With the next message the model still sees it.
        await using var next = await (await User.StreamAsync(Ask("And now?", model, stream.ConversationId), Token)).ToEndAsync();
        Assert.That(Emulator.Requests[^1].Json.GetRawText(), Does.Contain(Convert.ToBase64String(bytes)));
    }

    [Test]
    public async Task A_model_that_sees_nothing_is_told_that_there_is_an_image()
    {
        await using var stream = await (await User.StreamAsync(Ask("Draw", "blind"), Token)).ToEndAsync();

        Assert.That(stream.Text, Is.EqualTo("It says Here:\n[image 1]."));
        Assert.That(Emulator.Requests[^1].Json.GetRawText(), Does.Not.Contain("image_url"));
    }

    [Test]
    public async Task It_is_exported_imported_and_removed_with_its_conversation()
    {
        await using var stream = await (await User.StreamAsync(Ask("Draw"), Token)).ToEndAsync();
        var id = stream.Frames.Last(frame => frame.Event == "tool").Json.GetProperty("files")[0].GetString()!;
        var export = await User.Http.GetStringAsync(
            new Uri($"/conversations/{stream.ConversationId}/export?format=json", UriKind.Relative), Token);

        using var other = App.NewUser();
        using var imported = await other.Http.PostAsync(
            "/conversations/import", new StringContent(export, Encoding.UTF8, "application/json"), Token);
        var body = await imported.Content.ReadFromJsonAsync<JsonElement>(Token);

        Assert.That(imported.StatusCode, Is.EqualTo(HttpStatusCode.Created), body.GetRawText());
        var tree = await other.Http.GetFromJsonAsync<JsonElement>(
            new Uri($"/conversations/{body.GetProperty("id").GetString()}", UriKind.Relative), Token);
        var answer = tree.GetProperty("messages").EnumerateArray().Single(m => m.TryGetProperty("tools", out _));
        var copy = answer.GetProperty("tools")[0].GetProperty("files")[0].GetString()!;
        Assert.That(copy, Is.Not.EqualTo(id));
        using var file = await other.Http.GetAsync(new Uri($"/files/{copy}", UriKind.Relative), Token);
        Assert.That(file.StatusCode, Is.EqualTo(HttpStatusCode.OK));
    }

    [Test]
    [CancelAfter(240_000)]
    public async Task Hostile_images_are_left_out_in_words_or_made_harmless()
    {
        var all = HostileImages.All.Concat(HostileTexts.All).Where(file => file.Content.Length < 2_000_000).ToList();
        foreach (var (i, hostile) in all.Index())
            await File.WriteAllBytesAsync(Path.Combine(_pictures, $"{i}"), hostile.Content, Token);
        var (taken, refused, number) = (0, 0, 0);

        using var scope = Assert.EnterMultipleScope();
        foreach (var some in all.Chunk(30))
        {
            var asked = $"Draw from {number}";
            ModelCalls(asked, [.. some.Select((_, i) => ("faulty_picture", $$"""{"words":"{{number + i}}"}"""))]);
            using var user = App.NewUser();
            await using var stream = await (await user.StreamAsync(Ask(asked), Token)).ToEndAsync();
            var calls = (await user.FindAsync(stream.GenerationId)).GetProperty("tools").EnumerateArray().ToList();
            Assert.That(calls, Has.Count.EqualTo(some.Length));
            foreach (var (hostile, call) in some.Zip(calls))
            {
                var result = call.GetProperty("result").GetString()!;
                if (!call.TryGetProperty("files", out var files))
                {
                    Assert.That(result, Does.Contain("[image 1 was left out: "), hostile.Name);
                    refused++;
                    continue;
                }
                Assert.That(hostile.Code, Is.Null.Or.EqualTo("any"), hostile.Name);
                using var file = await user.Http.GetAsync(new Uri($"/files/{files[0].GetString()}", UriKind.Relative), Token);
                Assert.That(file.Content.Headers.ContentType!.MediaType, Does.StartWith("image/").And.Not.Contain("svg"));
                Assert.That(
                    Encoding.Latin1.GetString(await file.Content.ReadAsByteArrayAsync(Token)),
                    Does.Not.Contain(HostileFiles.Script), hostile.Name);
                taken++;
            }
            number += some.Length;
        }
        TestContext.Progress.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"Images of tools: {all.Count} tried, {refused} left out, {taken} made harmless"));
        Assert.That(taken, Is.GreaterThan(20));
        Assert.That(refused, Is.GreaterThan(20));
    }

    [Test]
    public async Task What_is_no_Base64_is_left_out()
    {
        ModelCalls("Broken", ("faulty_no-base64", "{}"));

        await using var stream = await (await User.StreamAsync(Ask("Broken"), Token)).ToEndAsync();

        Assert.That(stream.Text, Is.EqualTo("It says [image: it was left out]."));
        Assert.That(Calls, Has.Count.EqualTo(1));
    }
}
