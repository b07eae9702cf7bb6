using ChatStream.Web.Contract;
using Microsoft.Extensions.Options;

namespace ChatStream.Web.Limits;

/// <summary>Lets exports and archives be written, as far as the limits per user and in all allow.</summary>
internal sealed class ExportLimits(IOptions<LimitOptions> options, SharedPlaces shared, TimeProvider time)
{
    private readonly Places _places = new(time);

    /// <returns>Dispose of it when the response is written.</returns>
    /// <exception cref="RefusedException">429, with the seconds to wait.</exception>
    public async Task<IAsyncDisposable> TakeAsync(Owner owner)
    {
        var (place, refusal) = await shared.TryTakeAsync(
            _places, "export",
            [
                new(SharedPlaces.All, options.Value.ExportsAtOnce), new(owner.Id, options.Value.ExportsAtOncePerUser),
            ], spare: 0);
        return place ?? throw refusal!.Refuse("too_many_exports", "Too many exports are being written.");
    }
}
