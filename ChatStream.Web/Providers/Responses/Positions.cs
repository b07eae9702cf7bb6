using ChatStream.Web.Providers.Wire;

namespace ChatStream.Web.Providers.Responses;

/// <summary>
/// Tells where a background answer goes on, for the updates of one connection. Events without text or reasoning do not move the
/// position: they come again, and change nothing.
/// </summary>
/// <param name="deployment">The key of the deployment that answers.</param>
/// <param name="parser">Has read the last event.</param>
/// <param name="isKnown">Whether the response's id was told before this connection.</param>
internal sealed class Positions(string deployment, ResponsesParser parser, bool isKnown)
{
    private bool _isKnown = isKnown;

    /// <summary>The position after the event of this chunk; null: it is the one before.</summary>
    public ResponsePosition? After(AnswerChunk chunk)
    {
        if (_isKnown && chunk.Text is not { Length: > 0 } && chunk.Reasoning is not { Length: > 0 })
            return null;
        var position = parser.PositionAt(deployment);
        _isKnown |= position is not null;
        return position;
    }
}
