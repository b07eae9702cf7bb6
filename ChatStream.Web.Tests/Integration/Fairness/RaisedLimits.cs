namespace ChatStream.Web.Tests.Integration.Fairness;

/// <summary>Settings under which the limits refuse no test. A disturbance that is refused disturbs nothing.</summary>
internal static class RaisedLimits
{
    private const string Many = "100000";

    public static readonly (string Key, string Value)[] Settings =
    [
        ("Limits:Running", Many),
        ("Limits:RunningPerUser", Many),
        ("Limits:RunningPerAddress", Many),
        ("Limits:StartsPerMinute", Many),
        ("Limits:StartsPerMinutePerAddress", Many),
        ("Limits:StartsPerMinuteInAll", Many),
        ("Limits:ReadersPerAnswer", Many),
        ("Limits:ImportsAtOnce", Many),
        ("Limits:ImportsAtOncePerAddress", Many),
        ("Limits:ImportsPerMinute", Many),
        ("Limits:ImportsPerMinutePerAddress", Many),
        ("Limits:IdentitiesPerMinutePerAddress", Many),
    ];
}
