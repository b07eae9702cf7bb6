using System.Text.Json;
using ChatStream.Web.Tests.Infrastructure;

namespace ChatStream.Web.Tests.Integration.Chaos;

/// <summary>Starts one answer and records the length of its text over time, until the connection ends.</summary>
internal sealed class TimedReader(string message)
{
    private readonly TaskCompletionSource _started = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public string Message { get; } = message;

    public string Key { get; } = Guid.NewGuid().ToString("N");

    public string GenerationId { get; private set; } = "";

    public string ConversationId { get; private set; } = "";

    /// <summary>Of the last frame.</summary>
    public string LastId { get; private set; } = "";

    /// <summary>The number of characters seen, and when.</summary>
    public List<(int Characters, DateTimeOffset Time)> Seen { get; } = [];

    public int Characters => Seen.Count == 0 ? 0 : Seen[^1].Characters;

    /// <summary>The payload of <c>finish</c>; null if the connection ended first.</summary>
    public string? Finish { get; private set; }

    /// <summary>Completes with frame 0.</summary>
    public Task Started => _started.Task;

    public HttpRequestMessage Start() => ChatClient.Post(new { message = Message }, idempotencyKey: Key);

    public async Task ReadAsync(ChatClient user, Action<Frame> onFrame, CancellationToken cancellationToken)
    {
        try
        {
            await using var stream = await user.StreamAsync(Start(), cancellationToken);
            while (await stream.NextAsync() is { } frame)
            {
                Take(frame);
                onFrame(frame);
            }
        }
        catch (Exception e) when (e is HttpRequestException or IOException && GenerationId.Length > 0)
        {
            // The process is gone.
        }
        catch (Exception e)
        {
            _started.TrySetException(e);
            throw;
        }
    }

    private void Take(Frame frame)
    {
        LastId = frame.Id!;
        if (frame.Event == "message")
            Seen.Add((Characters + frame.Text!.Length, TimeProvider.System.GetUtcNow()));
        else if (frame.Event == "finish")
            Finish = frame.Data;
        else if (frame.Event == "start")
        {
            (GenerationId, ConversationId) = (Of(frame.Json, "generationId"), Of(frame.Json, "conversationId"));
            _started.TrySetResult();
        }
    }

    private static string Of(JsonElement json, string name) => json.GetProperty(name).GetString()!;
}
