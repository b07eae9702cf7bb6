using System.ClientModel.Primitives;
using ChatStream.Web.Providers.Responses;
using ChatStream.Web.Providers.Wire;

namespace ChatStream.Web.Providers.Deployments;

/// <summary>An answer that a service has begun, and what reads it. Dispose of it to end the connection.</summary>
internal sealed class BegunAnswer : IAsyncDisposable
{
    /// <param name="response">Its headers have come.</param>
    /// <param name="parser">Reads its chunks.</param>
    /// <param name="positions">Where it goes on; null: it is not made in the background.</param>
    /// <param name="watchdog">Holds the time limits.</param>
    public BegunAnswer(PipelineResponse response, IChunkParser parser, Positions? positions, ResponseWatchdog watchdog)
    {
        (Response, Parser, Positions) = (response, parser, positions);
        Chunks = new ArrivingChunks(response.ContentStream!, parser, Updates, watchdog);
    }

    public PipelineResponse Response { get; }

    public IChunkParser Parser { get; }

    public Positions? Positions { get; }

    public UpdateBuilder Updates { get; } = new();

    public ArrivingChunks Chunks { get; }

    public async ValueTask DisposeAsync()
    {
        await Chunks.DisposeAsync();
        Response.Dispose();
    }
}
