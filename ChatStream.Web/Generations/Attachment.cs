using ChatStream.Web.Streaming;

namespace ChatStream.Web.Generations;

/// <summary>A reader at its place in an answer's log. Whoever gets it closes the reader.</summary>
/// <param name="GenerationId">What is read.</param>
/// <param name="Reader">Null where everything has been delivered already.</param>
internal sealed record Attachment(string GenerationId, FrameReader? Reader);
