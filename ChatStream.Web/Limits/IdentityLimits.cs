using ChatStream.Web.Contract;
using Microsoft.Extensions.Options;

namespace ChatStream.Web.Limits;

/// <summary>Lets an address have new identities. Each of them has limits of its own, so they must not come without end.</summary>
internal sealed class IdentityLimits(IOptions<LimitOptions> options, SharedPlaces shared, TimeProvider time)
{
    private readonly Places _places = new(time);

    /// <param name="address">As <see cref="ClientAddress"/> writes it.</param>
    /// <returns>Null: the address may have one more. Otherwise the 429, with the seconds to wait.</returns>
    public async Task<Refusal?> RefuseAsync(string address)
    {
        var (place, refusal) = await shared.TryTakeAsync(
            _places, "identity", [new(address, PerMinute: options.Value.IdentitiesPerMinutePerAddress)], spare: 0);
        if (place is not null)
            await place.DisposeAsync();
        return refusal?.Refuse("too_many_identities",
            "Too many new visitors came from this address in the last minute. Requests with the cookie are answered.").Refusal;
    }
}
