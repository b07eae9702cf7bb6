using ChatStream.Web.Contract;

namespace ChatStream.Web.Limits;

/// <summary>How much may be taken under one key, such as a user or an address. Null: any number.</summary>
/// <param name="Key">What shares the limit.</param>
/// <param name="AtOnce">The most places that are held at once.</param>
/// <param name="PerMinute">The most places that are taken in any 60 seconds.</param>
internal readonly record struct Limit(string Key, int? AtOnce = null, int? PerMinute = null);

/// <summary>Why no place could be taken.</summary>
/// <param name="FreeIn">When the minute has room again. Null: when a place that is held is given back.</param>
internal sealed record NoPlace(TimeSpan? FreeIn)
{
    /// <summary>A guess: when a place that is held will be given back is not known.</summary>
    private static readonly TimeSpan UntilOneIsGivenBack = TimeSpan.FromSeconds(5);

    /// <summary>Whether the minute is full.</summary>
    public bool IsMinuteFull => FreeIn is not null;

    /// <summary>429, with the seconds to wait. They are exact if the minute is full.</summary>
    public RefusedException Refuse(string code, string detail) => new(new Refusal(429, Field: null, detail)
    {
        Code = code,
        RetryAfter = Math.Max(1, (int)Math.Ceiling((FreeIn ?? UntilOneIsGivenBack).TotalSeconds)),
    });
}
