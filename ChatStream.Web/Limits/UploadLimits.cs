using ChatStream.Web.Contract;
using Microsoft.Extensions.Options;

namespace ChatStream.Web.Limits;

/// <summary>Lets uploads of files begin, as far as the limits per user, per address and in all allow.</summary>
internal sealed class UploadLimits(IOptions<LimitOptions> options, SharedPlaces shared, TimeProvider time)
{
    private readonly Places _places = new(time);

    /// <returns>Dispose of it when the file is stored or refused. The place of the minute stays taken.</returns>
    /// <exception cref="RefusedException">429, with the seconds to wait.</exception>
    public async Task<IAsyncDisposable> TakeAsync(Caller caller)
    {
        var (place, refusal) = await shared.TryTakeAsync(_places, "upload", Of(caller), spare: 0);
        if (place is not null)
            return place;
        throw refusal!.Refuse("too_many_uploads", refusal.IsMinuteFull
            ? "Too many files were uploaded in the last minute."
            : "Too many files are being uploaded.");
    }

    private Limit[] Of(Caller caller)
    {
        var limits = options.Value;
        return Limit.Of(
            caller,
            all: new(SharedPlaces.All, limits.UploadsAtOnce),
            user: new("", limits.UploadsAtOncePerAddress, limits.UploadsPerMinute),
            address: new("", limits.UploadsAtOncePerAddress, limits.UploadsPerMinutePerAddress));
    }
}
