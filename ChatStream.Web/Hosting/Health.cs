using ChatStream.Web.Answers.Keeping;
using ChatStream.Web.Answers.Owning;
using ChatStream.Web.Answers.Running;
using ChatStream.Web.Storage;
using Microsoft.AspNetCore.Diagnostics.HealthChecks;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace ChatStream.Web.Hosting;

/// <summary>
/// <c>/health/live</c>: the process responds. <c>/health/startup</c>: the database is open and has all migrations.
/// <c>/health/ready</c>: it also takes what is written, the others know that this instance lives, the cookies' keys can be used,
/// and starts are accepted. No model counts: one that fails is no reason to send users to another instance.
/// </summary>
internal static class Health
{
    private const string Startup = "startup";
    private const string Ready = "ready";

    private static readonly HttpMethodMetadata Reading = new([HttpMethods.Get, HttpMethods.Head]);

    public static IServiceCollection AddHealth(this IServiceCollection services)
    {
        services.AddSingleton<KeysCheck>();
        services.AddSingleton<MigrationsCheck>();
        services.AddHealthChecks()
            .AddCheck<MigrationsCheck>("migrations", tags: [Startup, Ready])
            .AddCheck<DatabaseCheck>("database", tags: [Ready])
            .AddCheck<KeysCheck>("keys", tags: [Ready])
            .AddCheck<StoppingCheck>("stopping", tags: [Ready]);
        return services;
    }

    public static void MapHealth(this IEndpointRouteBuilder endpoints)
    {
        endpoints.MapHealthChecks("/health/live", new HealthCheckOptions { Predicate = _ => false }).WithMetadata(Reading);
        foreach (var tag in new[] { Startup, Ready })
        {
            endpoints.MapHealthChecks($"/health/{tag}", new HealthCheckOptions
            {
                Predicate = check => check.Tags.Contains(tag),
                ResponseWriter = WriteAsync,
            }).WithMetadata(Reading);
        }
    }

    /// <summary>The status, then a line for each check that failed.</summary>
    private static Task WriteAsync(HttpContext http, HealthReport report)
    {
        http.Response.ContentType = "text/plain; charset=utf-8";
        var faults = report.Entries.Values
            .Where(entry => entry.Status != HealthStatus.Healthy).Select(entry => entry.Description);
        return http.Response.WriteAsync(string.Join('\n', [report.Status.ToString(), .. faults]), http.RequestAborted);
    }

    private sealed class DatabaseCheck(Lease lease, CheckpointLoop checkpoints, WriteProbe probe) : IHealthCheck
    {
        public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken)
        {
            if (!lease.IsHeld)
                return HealthCheckResult.Unhealthy("This instance cannot tell the others that it lives.");
            if (checkpoints.Lag is { } lag)
                return HealthCheckResult.Unhealthy($"The database has taken nothing for {lag.TotalSeconds:0} s.");
            return await probe.IsTakenAsync(cancellationToken)
                ? HealthCheckResult.Healthy()
                : HealthCheckResult.Unhealthy("The database does not take what is written.");
        }
    }

    private sealed class StoppingCheck(GenerationDrain drain) : IHealthCheck
    {
        public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken) =>
            Task.FromResult(drain.IsStopping
                ? HealthCheckResult.Unhealthy("The server is stopping.")
                : HealthCheckResult.Healthy());
    }
}
