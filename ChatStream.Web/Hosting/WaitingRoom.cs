using ChatStream.Web.Storage;
using Microsoft.Extensions.Options;

namespace ChatStream.Web.Hosting;

/// <summary>
/// Waits while another process has the SQLite database, as it does when a new version is started before the old one has stopped.
/// Meanwhile the process listens: it is live, and not ready.
/// </summary>
internal static partial class WaitingRoom
{
    private const string Waiting = "Another ChatStream process has the database. This one waits for it.";

    private static readonly TimeSpan Every = TimeSpan.FromMilliseconds(500);

    /// <returns>False: the process was told to stop while it waited.</returns>
    public static bool WaitForDatabase(this WebApplication app)
    {
        FolderLock folder;
        try
        {
            if (app.Services.GetRequiredService<IInstances>().AreMany)
                return true;
            folder = app.Services.GetRequiredService<FolderLock>();
            _ = app.Services.GetRequiredService<IOptions<SiteOptions>>().Value;
        }
        catch (OptionsValidationException)
        {
            return true; // the start tells it, together with all that is wrong
        }
        return folder.TryTake() || WaitAsync(app, folder).GetAwaiter().GetResult();
    }

    private static async Task<bool> WaitAsync(WebApplication app, FolderLock folder)
    {
        Log.Waiting(app.Logger, folder.Folder);
        var builder = WebApplication.CreateSlimBuilder();
        builder.Configuration.AddConfiguration(app.Configuration);
        builder.Services.AddSingleton(app.Services.GetRequiredService<ILoggerFactory>());
        builder.Services.AddSingleton(app.Services.GetRequiredService<IOptions<SiteOptions>>());
        builder.WebHost.UseKestrelHttpsConfiguration();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.AddServerHeader = false);
        await using var waiting = builder.Build();
        waiting.UseSubPath();
        waiting.UseSecurityHeaders();
        waiting.Run(AnswerAsync);
        await waiting.StartAsync();
        using var timer = new PeriodicTimer(Every, app.Services.GetRequiredService<TimeProvider>());
        try
        {
            do
                await timer.WaitForNextTickAsync(waiting.Lifetime.ApplicationStopping);
            while (!folder.TryTake());
        }
        catch (OperationCanceledException)
        {
            return false;
        }
        finally
        {
            await waiting.StopAsync();
        }
        Log.Free(app.Logger);
        return true;
    }

    /// <summary>A probe gets plain text, as it always does.</summary>
    private static Task AnswerAsync(HttpContext http)
    {
        var (isLive, response) = (http.Request.Path == "/health/live", http.Response);
        if (!isLive)
            response.Headers.RetryAfter = "1";
        if (!http.Request.Path.StartsWithSegments("/health"))
            return PlainRefusal.WriteAsync(http, StatusCodes.Status503ServiceUnavailable, Waiting);
        response.StatusCode = isLive ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable;
        response.ContentType = "text/plain; charset=utf-8";
        response.Headers.CacheControl = "no-store";
        return response.WriteAsync(isLive ? "Healthy" : Waiting, http.RequestAborted);
    }

    private static partial class Log
    {
        [LoggerMessage(EventId = 1, Level = LogLevel.Warning,
            Message = "Data:Path: '{Folder}' is in use by another ChatStream process. This one waits until that has stopped.")]
        public static partial void Waiting(ILogger logger, string folder);

        [LoggerMessage(EventId = 2, Level = LogLevel.Information, Message = "The other process has stopped.")]
        public static partial void Free(ILogger logger);
    }
}
