using ChatStream.Emulator;
using ChatStream.Web.Tests.Infrastructure;
using NUnit.Framework;

namespace ChatStream.Web.Tests.Integration.Checkpoints;

/// <summary>Somebody moves the SQLite file away while the app runs. SQLite would go on writing to it.</summary>
internal sealed class DeletedFileTests : AppTest
{
    private string File => Path.Combine(App.DataFolder, "chatstream.db");

    [Test]
    public async Task Without_the_file_nothing_is_started_and_no_answer_is_completed()
    {
        var gate = new Gate();
        Answers("Hi", Script.Start().Text("so far").Wait(gate).Finish("stop").Done());
        await using var stream = await User.StartAsync("Hi");
        await stream.UntilTextAsync("so far");
        System.IO.File.Move(File, File + ".away");

        gate.Open();
        await stream.ToEndAsync();
        using var refused = await User.Http.SendAsync(ChatClient.Post(new { message = "Second" }), Token);
        using var ready = await User.Http.GetAsync("/health/ready", Token);

        Assert.That(stream.Frames[^2].Data, Is.EqualTo("""{"reason":"failed"}"""));
        Assert.That(((int)refused.StatusCode, (int)ready.StatusCode), Is.EqualTo((503, 503)));
        System.IO.File.Move(File + ".away", File);
        while (!(await User.Http.GetAsync("/health/ready", Token)).IsSuccessStatusCode)
            Token.ThrowIfCancellationRequested();
        Assert.That((await User.FindAsync(stream.GenerationId)).GetProperty("text").GetString(), Is.EqualTo("so far"));
    }
}
