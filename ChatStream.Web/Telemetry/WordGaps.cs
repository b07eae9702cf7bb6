namespace ChatStream.Web.Telemetry;

/// <summary>Times the gaps between the words of one answer. While nothing listens, it does not look at the clock.</summary>
internal struct WordGaps(TimeProvider time)
{
    private long _last; // 0: no word yet

    /// <summary>A word has come.</summary>
    public void Word()
    {
        if (!ChatMeter.MeasuresGaps)
            return;
        var now = time.GetTimestamp();
        if (_last != 0)
            ChatMeter.Gap(time.GetElapsedTime(_last, now));
        _last = now;
    }
}
