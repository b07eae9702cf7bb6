using ChatStream.Web.Answers.Keeping;
using ChatStream.Web.Answers.Running;
using ChatStream.Web.Storage;
using Microsoft.AspNetCore.Diagnostics.HealthChecks;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace ChatStream.Web.Hosting;

/// <summary>
/// <c>/health/live</c>: the process responds. <c>/health/ready</c>: it accepts starts, and the database responds and takes
/// checkpoints.
/// </summary>
internal static class Health
{
    private const string Ready = "ready";

    public static IServiceCollection AddHealth(this IServiceCollection services)
    {
        services.AddHealthChecks()
            .AddCheck<DatabaseCheck>("database", tags: [Ready])
            .AddCheck<CheckpointCheck>("checkpoints", tags: [Ready])
            .AddCheck<StoppingCheck>("stopping", tags: [Ready]);
        return services;
    }

    public static void MapHealth(this IEndpointRouteBuilder endpoints)
    {
        endpoints.MapHealthChecks("/health/live", new HealthCheckOptions { Predicate = _ => false });
        endpoints.MapHealthChecks("/health/ready", new HealthCheckOptions
        {
            Predicate = check => check.Tags.Contains(Ready),
            ResponseWriter = WriteAsync,
        });
    }

    /// <summary>The status, then a line for each check that failed.</summary>
    private static Task WriteAsync(HttpContext http, HealthReport report)
    {
        http.Response.ContentType = "text/plain; charset=utf-8";
        var faults = report.Entries.Values
            .Where(entry => entry.Status != HealthStatus.Healthy).Select(entry => entry.Description);
        return http.Response.WriteAsync(string.Join('\n', [report.Status.ToString(), .. faults]), http.RequestAborted);
    }

    private sealed class DatabaseCheck(IChatDatabase database) : IHealthCheck
    {
        public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken)
        {
            await using var db = database.ReadAs(default);
            return await db.Database.CanConnectAsync(cancellationToken)
                ? HealthCheckResult.Healthy()
                : HealthCheckResult.Unhealthy("The database does not answer.");
        }
    }

    private sealed class CheckpointCheck(CheckpointLoop checkpoints) : IHealthCheck
    {
        public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken) =>
            Task.FromResult(checkpoints.Lag is { } lag
                ? HealthCheckResult.Unhealthy($"The database has taken nothing for {lag.TotalSeconds:0} s.")
                : HealthCheckResult.Healthy());
    }

    private sealed class StoppingCheck(GenerationDrain drain) : IHealthCheck
    {
        public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken) =>
            Task.FromResult(drain.IsStopping
                ? HealthCheckResult.Unhealthy("The server is stopping.")
                : HealthCheckResult.Healthy());
    }
}
