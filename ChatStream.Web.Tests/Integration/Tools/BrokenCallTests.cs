using ChatStream.Web.Contract;
using ChatStream.Web.Storage;
using ChatStream.Web.Tests.Files;
using ChatStream.Web.Tests.Infrastructure;
using Microsoft.Extensions.DependencyInjection;
using NUnit.Framework;

namespace ChatStream.Web.Tests.Integration.Tools;

/// <summary>A call whose result cannot be kept ends the answer at once, whatever the other calls of its round wait for.</summary>
internal sealed class BrokenCallTests : ToolTest
{
    private readonly string _pictures = Directory.CreateTempSubdirectory("chatstream-pictures-").FullName;

    protected override void Configure(ChatApp.Setup setup)
    {
        base.Configure(setup);
        setup.Settings["Models:0:Images"] = "true";
        setup.Settings["Tools:McpServers:faulty:Environment:PICTURES"] = _pictures;
        setup.Services = SteppedDatabase.AddTo;
    }

    [OneTimeTearDown]
    public void DeletePictures() => Directory.Delete(_pictures, recursive: true);

    [TestCase(true, "The answer could not be stored.")]
    [TestCase(false, "The server failed while it answered.")]
    public async Task An_open_question_does_not_outlive_it(bool isOfStorage, string message)
    {
        await File.WriteAllBytesAsync(Path.Combine(_pictures, "good"), Pictures.Png(), Token);
        ModelCalls("Both", ("faulty_picture", """{"words":"good"}"""), ("faulty_write", """{"words":"x"}"""));
        App.Services.GetRequiredService<SteppedDatabase>().Before = (owner, _) => owner != Owner.Importing
            ? Task.CompletedTask
            : throw (isOfStorage ? new StorageException(new IOException("full")) : new IOException("full"));

        await using var stream = await (await User.StreamAsync(Ask("Both"), Token)).ToEndAsync();

        Assert.That(stream.Frames[^3].Data, Is.EqualTo($$"""{"code":"internal","message":"{{message}}"}"""));
        Assert.That(stream.Frames[^2].Data, Is.EqualTo("""{"reason":"failed"}"""));
        Assert.That(Calls.Where(call => call.StartsWith("write ", StringComparison.Ordinal)), Is.Empty);
    }
}
