namespace ChatStream.Web.Tests.Integration.Fairness;

/// <summary>Settings under which the limits refuse no test. A disturbance that is refused disturbs nothing.</summary>
internal static class RaisedLimits
{
    private const string Many = "100000";

    public static readonly (string Key, string Value)[] Settings =
    [
        ("Limits:Running", Many),
        ("Limits:RunningPerUser", Many),
        ("Limits:StartsPerMinute", Many),
    ];
}
