using ChatStream.Web.Contract;

namespace ChatStream.Web.Answers.Running;

/// <summary>What it uses, by the service's count, or by ours where the service has not counted.</summary>
internal sealed partial class Generation
{
    private long? _sentTokens;
    private UsagePayload? _usage;
    private long _usageEnd; // the position in the log up to which the service has counted

    /// <summary>Notes that the model is asked.</summary>
    /// <param name="tokens">Of all that is sent to it.</param>
    public void AskedWith(long tokens)
    {
        lock (Frames.Gate)
        {
            if (_end is null)
                (_sentTokens, FirstSentTokens) = (tokens, tokens);
        }
    }

    /// <summary>Notes what the service says it has counted so far.</summary>
    public void SetUsage(UsagePayload usage)
    {
        lock (Frames.Gate)
        {
            if (_end is null)
                (_usage, _usageEnd) = (_earlierUsage is { } earlier ? Sum(earlier, usage) : usage, Frames.Bytes);
        }
    }

    /// <summary>
    /// What the service has not counted of an answer that has ended; null if it has counted all, or had nothing to do.
    /// </summary>
    public UncountedUse? Uncounted(GenerationEnd end)
    {
        lock (Frames.Gate)
        {
            var hasCounted = _usage is not null && _usageEnd == Frames.Bytes;
            if (_sentTokens is not { } sent || hasCounted || !((HasBegun && !_asksAgain) || UncountedUse.IsLikely(end)))
                return null;
            var (text, reasoning) = TextBetween(_usageEnd, Frames.Bytes);
            if (_usageEnd == 0)
                _readBack = (text, reasoning);
            return new UncountedUse(sent, _usage, text, reasoning)
            {
                IsFurther = _earlierUsage is not null && ReferenceEquals(_usage, _earlierUsage),
            };
        }
    }

    /// <summary>What the service has counted so far; null: it has said nothing.</summary>
    public UsagePayload? Usage
    {
        get
        {
            lock (Frames.Gate)
                return _usage;
        }
    }

    /// <summary>Gives an answer that has ended what it used in all.</summary>
    public void SetUsed(UsagePayload usage)
    {
        lock (Frames.Gate)
            (_usage, _usageEnd) = (usage, Frames.Bytes);
    }

    /// <summary>Whether the service has begun to answer.</summary>
    private bool HasBegun => _phase != Phase.Analyzing || _deployment is not null;
}
