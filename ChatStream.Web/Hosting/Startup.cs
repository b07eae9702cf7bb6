using System.Net.Sockets;
using ChatStream.Web.Hosting.SignIn;
using ChatStream.Web.Settings;
using ChatStream.Web.Storage;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Options;

namespace ChatStream.Web.Hosting;

internal static partial class Startup
{
    /// <summary>
    /// Runs the app. If its settings are wrong, or the database cannot be opened, it does not start, and logs one line for each
    /// wrong key. Keys that are not known are logged too.
    /// </summary>
    /// <param name="app">Built.</param>
    /// <param name="silence">Nothing is logged until its result is disposed of.</param>
    /// <returns>The process's exit code.</returns>
    public static int RunOrExplain(this WebApplication app, Func<IDisposable> silence)
    {
        foreach (var (key, nearest) in app.Services.GetServices<KnownSection>().SelectMany(s => s.Unknown(app.Configuration)))
            Log.UnknownKey(app.Logger, key, nearest);
        try
        {
            app.RequireChosenAccess();
            if (app.WaitForDatabase())
                Run(app, silence);
            return 0;
        }
        catch (OptionsValidationException faults)
        {
            return Explain(app.Logger, faults.Failures);
        }
        catch (AggregateException faults) when (faults.InnerExceptions.All(fault => fault is OptionsValidationException))
        {
            return Explain(app.Logger, faults.InnerExceptions.SelectMany(fault => ((OptionsValidationException)fault).Failures));
        }
        catch (Exception fault) when (IsFaultOfSettings(fault))
        {
            return Explain(app.Logger, [fault.Message]);
        }
        catch (Exception fault) when (IsFaultOfAddress(fault))
        {
            return Explain(app.Logger, [$"ASPNETCORE_URLS: {fault.Message}"]);
        }
        catch (Exception fault) when (OpeningFault.Of(fault) is { } told)
        {
            return Explain(app.Logger, [told.Message]);
        }
    }

    private static void Run(WebApplication app, Func<IDisposable> silence)
    {
        using (app)
        {
            try
            {
                app.Start();
            }
            catch
            {
                // The host reports each background service that it ends before it has begun, except while it stops.
                using (silence())
                    app.Lifetime.StopApplication();
                throw;
            }
            app.WaitForShutdown();
        }
    }

    /// <summary>
    /// Whether the message alone tells the administrator what to change: the configuration binder's messages name the key, and
    /// the web server's the port that is in use.
    /// </summary>
    private static bool IsFaultOfSettings(Exception fault) =>
        fault is SettingsException or IOException { InnerException: AddressInUseException }
        || (fault is InvalidOperationException
            && fault.TargetSite?.DeclaringType?.Namespace == "Microsoft.Extensions.Configuration");

    /// <summary>Whether the web server cannot listen where it is told to: no such address or port, or no right to it.</summary>
    private static bool IsFaultOfAddress(Exception fault) =>
        fault is SocketException or IOException or FormatException or ArgumentException or InvalidOperationException
        && fault.StackTrace?.Contains("Microsoft.AspNetCore.Server.Kestrel.", StringComparison.Ordinal) == true;

    private static int Explain(ILogger logger, IEnumerable<string> faults)
    {
        foreach (var fault in faults)
            Log.NotStarted(logger, fault);
        return 1;
    }

    private static partial class Log
    {
        [LoggerMessage(EventId = 1, Level = LogLevel.Critical, Message = "ChatStream does not start: {Fault}")]
        public static partial void NotStarted(ILogger logger, string fault);

        [LoggerMessage(EventId = 2, Level = LogLevel.Warning,
            Message = "The setting {Key} is not known and is ignored. Is {Nearest} meant?")]
        public static partial void UnknownKey(ILogger logger, string key, string nearest);
    }
}
