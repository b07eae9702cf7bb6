using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.DataProtection.KeyManagement;
using Microsoft.AspNetCore.DataProtection.Repositories;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Options;

namespace ChatStream.Web.Hosting;

/// <summary>
/// Whether the keys that sign the identity cookies can be used and written. Without them every page fails. It looks at most once
/// a second.
/// </summary>
internal sealed class KeysCheck(IDataProtectionProvider protection, IOptions<KeyManagementOptions> keys, TimeProvider time)
    : IHealthCheck
{
    private static readonly TimeSpan KeptFor = TimeSpan.FromSeconds(1);

    private readonly Lock _gate = new();
    private HealthCheckResult _last;
    private long? _looked;

    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            if (_looked is not { } looked || time.GetElapsedTime(looked) >= KeptFor)
                (_looked, _last) = (time.GetTimestamp(), Look());
            return Task.FromResult(_last);
        }
    }

    private HealthCheckResult Look()
    {
        try
        {
            protection.CreateProtector("health").Protect([]);
            // The next key is written months after the first one.
            if (keys.Value.XmlRepository is FileSystemXmlRepository { Directory: var folder })
                File.Create(Path.Combine(folder.FullName, Path.GetRandomFileName()), 1, FileOptions.DeleteOnClose).Dispose();
            return HealthCheckResult.Healthy();
        }
        catch (Exception)
        {
            return HealthCheckResult.Unhealthy(keys.Value.XmlRepository is FileSystemXmlRepository
                ? "The keys of the cookies, in the folder 'keys' of Data:Path, cannot be written."
                : "The keys of the cookies, in the database, cannot be read.");
        }
    }
}
