using Microsoft.Extensions.AI;

#pragma warning disable MEAI001 // The library marks its seam for answers that go on without a connection as experimental.

namespace ChatStream.Web.Providers.Responses;

/// <summary>
/// A position as updates and options carry it. In an update of a background answer: all up to this update was before it. In the
/// options of a request: nothing new is asked, and the answer goes on after it.
/// </summary>
internal sealed class PositionToken(ResponsePosition position) : ResponseContinuationToken
{
    public static ResponsePosition? Of(ChatResponseUpdate update) => (update.ContinuationToken as PositionToken)?.Position;

    public static ResponsePosition? Of(ChatOptions? options) => (options?.ContinuationToken as PositionToken)?.Position;

    public static void Add(ChatResponseUpdate update, ResponsePosition position) =>
        update.ContinuationToken = new PositionToken(position);

    /// <summary>The same options, for an answer that goes on.</summary>
    public static ChatOptions With(ChatOptions? options, ResponsePosition position)
    {
        var with = options?.Clone() ?? new ChatOptions();
        with.ContinuationToken = new PositionToken(position);
        return with;
    }

    private ResponsePosition Position => position;
}
