using ChatStream.Web.Contract;
using ChatStream.Web.Limits;
using ChatStream.Web.Storage;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using NUnit.Framework;

namespace ChatStream.Web.Tests.Limits;

internal sealed class ImportedFileLimitTests
{
    private readonly FakeTimeProvider _time = new();

    [Test]
    public async Task A_user_imports_no_more_files_in_a_minute_than_allowed()
    {
        using var shared = new SharedPlaces(
            null!, new OneInstance(), new Instance(), _time, NullLogger<SharedPlaces>.Instance);
        var limits = new ImportLimits(Options.Create(new LimitOptions { ImportedFilesPerMinute = 2 }), shared, _time);
        var (me, other) = (Owner.NewBrowser(), Owner.NewBrowser());
        await limits.TakeFileAsync(me);
        await limits.TakeFileAsync(me);

        var refused = Assert.ThrowsAsync<RefusedException>(() => limits.TakeFileAsync(me))!.Refusal;

        Assert.That((refused.Status, refused.Code, refused.RetryAfter), Is.EqualTo((429, "too_many_imports", 60)));
        await limits.TakeFileAsync(other);
        _time.Advance(TimeSpan.FromMinutes(1));
        await limits.TakeFileAsync(me);
    }
}
