using ChatStream.Web.Providers.Responses;

namespace ChatStream.Web.Providers.Background;

/// <summary>
/// The answers that go on at their service while nobody is connected. A model's <c>IChatClient</c> gives it as a service.
/// </summary>
internal interface IBackgroundAnswers
{
    /// <summary>Whether a configured deployment can go on with an answer.</summary>
    bool Knows(ResponsePosition position);

    /// <summary>
    /// Tells the service to end an answer. Never throws. A service may go on for a while all the same, or to the end.
    /// </summary>
    Task CancelAsync(ResponsePosition position);
}
