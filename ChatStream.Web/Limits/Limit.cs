using ChatStream.Web.Contract;

namespace ChatStream.Web.Limits;

/// <summary>How much may be taken under one key, such as a user or an address. Null: any number.</summary>
/// <param name="Key">What shares the limit.</param>
/// <param name="AtOnce">The most places that are held at once.</param>
/// <param name="PerMinute">The most places that are taken in any 60 seconds.</param>
internal readonly record struct Limit(string Key, int? AtOnce = null, int? PerMinute = null)
{
    /// <summary>
    /// The limits that a caller counts in. All callers of an address that came without an identity are one more user: each of
    /// them will have another identity the next time, too, if it keeps no cookie. Programs do not count by address.
    /// </summary>
    /// <param name="caller">Who asks.</param>
    /// <param name="all">The limit of all callers together.</param>
    /// <param name="user">The limit of one user, for any key.</param>
    /// <param name="address">The limit of one address, for any key.</param>
    public static Limit[] Of(Caller caller, Limit all, Limit user, Limit address)
    {
        user = user with { Key = caller.Owner.Id };
        address = address with { Key = caller.Address };
        if (!caller.Owner.IsBrowser)
            return [all, user];
        return caller.IsNew ? [all, user, address, user with { Key = $"new:{caller.Address}" }] : [all, user, address];
    }
}

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
