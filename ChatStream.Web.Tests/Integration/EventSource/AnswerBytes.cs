using ChatStream.Emulator;
using ChatStream.Web.Tests.Infrastructure;

namespace ChatStream.Web.Tests.Integration.EventSource;

/// <summary>Where the parts of an answer end, in bytes of its response.</summary>
/// <param name="Headers">The headers, the empty line after them included.</param>
/// <param name="FirstFrame">The first frame.</param>
/// <param name="Least">The answer, less what the sizes of chunks take: those differ from run to run.</param>
internal sealed record AnswerBytes(int Headers, int FirstFrame, int Least)
{
    /// <summary>Digits of a chunk's size. The more frames come with the first one, the more digits stand before it.</summary>
    private const int MostDigits = 4;

    /// <summary>The first place after which the first frame is whole in any run.</summary>
    public int AfterFirstFrame => FirstFrame + MostDigits;

    /// <summary>An answer that is long enough to be cut in many places, with characters of several bytes.</summary>
    public static readonly IReadOnlyList<string> Tokens =
        [.. Enumerable.Range(0, 30).Select(i => i % 7 == 3 ? $" Wört{i}\n" : $" word{i}")];

    /// <summary>A message of a size that all have; the size is that of the conversation's title too.</summary>
    public static string Message(int number) => $"Hello {100 + number}";

    /// <summary>The identity that a browser is given with its first page.</summary>
    public static async Task<string> CookieAsync(ChatApp app)
    {
        using var user = app.NewUser();
        await user.Http.GetStringAsync("/models");
        return user.Cookies.GetCookieHeader(app.Address);
    }

    /// <summary>Reads an answer that nothing happens to.</summary>
    public static async Task<AnswerBytes> MeasureAsync(ChatApp app, EmulatorServer emulator, string header, string value)
    {
        // In one piece: tokens that arrive together are one frame, so this is the least that they take.
        emulator.Enqueue(Script.Answer(string.Concat(Tokens)));
        await using var proxy = FaultProxy.Start(app.Address);
        using var user = new HttpClient { BaseAddress = proxy.Address };
        user.DefaultRequestHeaders.Add(header, value);
        var frames = await user.GetByteArrayAsync($"/chat/stream?message={Uri.EscapeDataString(Message(899))}");

        var response = proxy.Exchanges[0].Response.AsSpan();
        var headers = response.IndexOf("\r\n\r\n"u8) + 4;
        return new AnswerBytes(headers, headers + response[headers..].IndexOf("\n\n"u8) + 2, headers + frames.Length);
    }
}
