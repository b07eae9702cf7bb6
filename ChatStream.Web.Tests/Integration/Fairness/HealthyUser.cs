using System.Net.ServerSentEvents;
using System.Text;
using System.Text.Json;
using ChatStream.Web.Tests.Infrastructure;

namespace ChatStream.Web.Tests.Integration.Fairness;

/// <summary>
/// A user who streams one answer after the other while others disturb. It reads on a thread of its own, so that the other work
/// of the test's process delays it as little as possible.
/// </summary>
/// <param name="user">Who has an identity.</param>
/// <param name="message">What is asked.</param>
internal sealed class HealthyUser(ChatClient user, string message)
{
    /// <summary>The model that answers healthy users only.</summary>
    public const string Model = "steady";

    private volatile bool _isOver;

    public List<HealthyAnswer> Answers { get; } = [];

    /// <summary>Asks until <see cref="Finish"/>, at least once.</summary>
    public Task StreamAsync() => Task.Factory.StartNew(
        Stream, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    /// <summary>The answer that runs is the last one.</summary>
    public void Finish() => _isOver = true;

    private void Stream()
    {
        do
            Answers.Add(ReadOne());
        while (!_isOver);
    }

    private HealthyAnswer ReadOne()
    {
        var (time, asked) = (TimeProvider.System, TimeProvider.System.GetTimestamp());
        using var request = ChatClient.Post(new { message, model = Model });
        using var response = user.Http.Send(request, HttpCompletionOption.ResponseHeadersRead);
        if (!response.IsSuccessStatusCode)
            return HealthyAnswer.Refused((int)response.StatusCode);
        var (text, finish, generationId) = (new StringBuilder(), "", "");
        var startTook = TimeSpan.Zero;
        var seen = new List<(int Characters, DateTimeOffset Time)>();
        foreach (var item in SseParser.Create(response.Content.ReadAsStream()).Enumerate())
        {
            if (item.EventType == "start")
            {
                startTook = time.GetElapsedTime(asked);
                generationId = JsonDocument.Parse(item.Data).RootElement.GetProperty("generationId").GetString()!;
            }
            else if (item.EventType == "message")
            {
                text.Append(JsonDocument.Parse(item.Data).RootElement.GetProperty("text").GetString());
                seen.Add((text.Length, time.GetUtcNow()));
            }
            else if (item.EventType == "finish")
                finish = item.Data;
        }
        return new HealthyAnswer(generationId, text.ToString(), finish, startTook, seen);
    }
}

/// <param name="GenerationId">Its id.</param>
/// <param name="Text">All that came.</param>
/// <param name="Finish">The payload of <c>finish</c>.</param>
/// <param name="StartTook">The time from the request to frame 0.</param>
/// <param name="Seen">The number of characters seen, and when.</param>
internal sealed record HealthyAnswer(
    string GenerationId, string Text, string Finish, TimeSpan StartTook,
    IReadOnlyList<(int Characters, DateTimeOffset Time)> Seen)
{
    /// <summary>The longest time between two pieces of text.</summary>
    public TimeSpan LongestGap => Seen.Zip(Seen.Skip(1), (one, next) => next.Time - one.Time).DefaultIfEmpty().Max();

    public static HealthyAnswer Refused(int status) => new("", "", $"refused with {status}", TimeSpan.Zero, []);
}
