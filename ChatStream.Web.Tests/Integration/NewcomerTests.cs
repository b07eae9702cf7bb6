using ChatStream.Web.Tests.Infrastructure;
using NUnit.Framework;

namespace ChatStream.Web.Tests.Integration;

/// <summary>
/// A page without a cookie opens two streams at once. Each gets an identity, the browser keeps the later one, and reconnects the
/// stream of the earlier one with it.
/// </summary>
internal sealed class NewcomerTests : AppTest
{
    private ChatClient _later = null!;

    [SetUp]
    public void ComeAgain() => _later = App.NewUser();

    [TearDown]
    public void Leave() => _later.Dispose();

    [Test]
    public async Task A_stream_of_the_lost_identity_goes_on()
    {
        await using var stream = await LoseIdentityAsync();

        await using var rest = await (await _later.StreamAsync(Reconnect(stream), Token)).ToEndAsync();

        Assert.That(rest.Frames[0].Number, Is.EqualTo("1"));
        Assert.That(rest.Text, Is.EqualTo("Hi"));
        Assert.That(Asked, Is.EqualTo(2));
    }

    [Test]
    public async Task Without_the_id_of_a_frame_it_is_not_there()
    {
        await using var stream = await LoseIdentityAsync();
        var (id, conversation) = (stream.GenerationId, stream.ConversationId);

        foreach (var path in new[] { $"/chat/stream/{id}", $"/chat/{conversation}", $"/conversations/{conversation}" })
            Assert.That(await StatusAsync(new(HttpMethod.Get, path)), Is.EqualTo(404), path);
        Assert.That(await StatusAsync(new(HttpMethod.Post, $"/chat/stream/{id}/stop")), Is.EqualTo(404));
    }

    [TestCase("Sec-Fetch-Site", "none", "a page that is opened, and no script")]
    [TestCase("User-Agent", "Another", "another kind of browser")]
    public async Task Another_newcomer_does_not_go_on(string header, string value, string why)
    {
        await using var stream = await LoseIdentityAsync(header, value);

        Assert.That(await StatusAsync(Reconnect(stream)), Is.EqualTo(404), why);
    }

    [Test]
    public async Task A_user_who_was_here_before_does_not_go_on()
    {
        await _later.IdentifyAsync();
        await using var stream = await LoseIdentityAsync();

        Assert.That(await StatusAsync(Reconnect(stream)), Is.EqualTo(404));
    }

    /// <summary>Starts with an identity that the browser then loses.</summary>
    private async Task<EventStream> LoseIdentityAsync(string? otherHeader = null, string? otherValue = null)
    {
        foreach (var browser in new[] { User, _later })
        {
            browser.Http.DefaultRequestHeaders.Add("Sec-Fetch-Site", "same-origin");
            browser.Http.DefaultRequestHeaders.Add("User-Agent", "Browser");
        }
        if (otherHeader is not null)
        {
            _later.Http.DefaultRequestHeaders.Remove(otherHeader);
            _later.Http.DefaultRequestHeaders.Add(otherHeader, otherValue);
        }
        var stream = await User.StreamAsync(new(HttpMethod.Get, "/chat/stream?message=Hi"), Token);
        await stream.UntilEventAsync("start");
        await using var other = await _later.StreamAsync(new(HttpMethod.Get, "/chat/stream?message=Ho"), Token);
        await other.ToEndAsync();
        return stream;
    }

    private static HttpRequestMessage Reconnect(EventStream stream) =>
        new(HttpMethod.Get, "/chat/stream?message=Hi") { Headers = { { "Last-Event-ID", stream.Frames[0].Id } } };

    private async Task<int> StatusAsync(HttpRequestMessage request)
    {
        using var response = await _later.Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Token);
        return (int)response.StatusCode;
    }
}
