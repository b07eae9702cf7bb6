using ChatStream.Emulator;
using ChatStream.Web.Tests.Infrastructure;
using NUnit.Framework;

namespace ChatStream.Web.Tests.Integration;

/// <summary>How many readers one answer may have.</summary>
internal sealed class ReaderLimitTests : AppTest
{
    protected override void Configure(ChatApp.Setup setup) => setup.Settings["Limits:ReadersPerAnswer"] = "3";

    [Test]
    public async Task One_reader_too_many_is_refused_and_disturbs_none()
    {
        var gate = new Gate();
        Answers("Hi", Script.Start().Text("a").Wait(gate).Text("b").Finish("stop").Done());
        await using var first = await User.StartAsync("Hi", Token);
        await first.UntilTextAsync("a");
        await using var second = await User.AttachAsync(first.GenerationId, cancellationToken: Token);
        await using var third = await User.AttachAsync(first.GenerationId, cancellationToken: Token);

        for (var n = 0; n < 5; n++)
        {
            var (refused, problem) = await User.JsonAsync(Attach(first.GenerationId));
            Assert.That((int)refused.StatusCode, Is.EqualTo(429));
            Assert.That(refused.Headers.RetryAfter!.Delta, Is.EqualTo(TimeSpan.FromSeconds(5)));
            Assert.That(problem.GetProperty("code").GetString(), Is.EqualTo("too_many_readers"));
        }
        Assert.That(
            (await User.FindAsync(first.GenerationId)).GetProperty("text").GetString(), Is.EqualTo("a"), "a look is no reader");

        gate.Open();
        foreach (var stream in new[] { first, second, third })
            Assert.That((await stream.ToEndAsync()).Text, Is.EqualTo("ab"));
    }

    [Test]
    public async Task A_place_is_free_when_a_reader_has_left()
    {
        Answers("Hi", Script.Start().Text("a").Stall());
        await using var first = await User.StartAsync("Hi", Token);
        await first.UntilTextAsync("a");
        for (var n = 0; n < 20; n++)
        {
            // The server learns a little later that the one before has left.
            EventStream? next;
            while ((next = await TryAttachAsync(first.GenerationId)) is null)
                await Task.Yield();
            await next.UntilTextAsync("a");
            await next.CutAsync();
        }
        await User.StopAsync(first.GenerationId);
    }

    private async Task<EventStream?> TryAttachAsync(string generationId)
    {
        var response = await User.Http.SendAsync(Attach(generationId), HttpCompletionOption.ResponseHeadersRead, Token);
        if (response.IsSuccessStatusCode)
            return await EventStream.OpenAsync(response);
        response.Dispose();
        return null;
    }

    private static HttpRequestMessage Attach(string generationId) => new(HttpMethod.Get, $"/chat/stream/{generationId}")
    {
        Headers = { { "Accept", "text/event-stream" } },
    };
}
