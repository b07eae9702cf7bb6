using ChatStream.Web.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace ChatStream.Web.Hosting;

/// <summary>Whether the database has all migrations of this version. It is asked until it has them, and then no more.</summary>
internal sealed class MigrationsCheck(IChatDatabase database) : IHealthCheck
{
    private volatile bool _areApplied;

    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken)
    {
        if (_areApplied)
            return HealthCheckResult.Healthy();
        try
        {
            await using var db = database.ReadAs(default);
            _areApplied = !(await db.Database.GetPendingMigrationsAsync(cancellationToken)).Any();
        }
        catch (Exception fault) when (fault is not OperationCanceledException)
        {
            return HealthCheckResult.Unhealthy("The database does not say which migrations it has.", fault);
        }
        return _areApplied
            ? HealthCheckResult.Healthy()
            : HealthCheckResult.Unhealthy("The database lacks migrations of this version.");
    }
}
