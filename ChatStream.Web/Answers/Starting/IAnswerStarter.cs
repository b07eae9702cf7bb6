using ChatStream.Web.Contract;

namespace ChatStream.Web.Answers.Starting;

/// <summary>Starts answers, for controllers. The generation runs apart from the request that started it.</summary>
public interface IAnswerStarter
{
    /// <summary>
    /// Stores the message and starts the answer to it, or attaches to the generation that an earlier start with this key began.
    /// If that one failed without a word, the key is free, and the start is a new one.
    /// </summary>
    /// <param name="caller">The user or program that asks, as the limits count it.</param>
    /// <param name="request">What to start.</param>
    /// <param name="key">How a repeat is recognised; null: every start is new.</param>
    /// <param name="keepUnread">Whether the generation goes on while it has no reader.</param>
    /// <param name="readerGone">The reader's token. It ends the reading, never the generation.</param>
    /// <exception cref="RefusedException">Nothing was started or stored.</exception>
    Task<Attachment> StartAsync(
        Caller caller, StartRequest request, RepeatKey? key, bool keepUnread, CancellationToken readerGone);

    /// <summary>Lets a generation go on without a reader, because a client was told where to find it.</summary>
    void KeepUnread(Owner owner, string id);
}
