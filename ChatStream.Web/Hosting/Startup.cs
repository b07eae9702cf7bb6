using ChatStream.Web.Settings;
using Microsoft.Extensions.Options;

namespace ChatStream.Web.Hosting;

internal static partial class Startup
{
    /// <summary>Runs the app. Where the settings keep it from starting, one line for each fault says which key it is.</summary>
    /// <returns>The process's exit code.</returns>
    public static int RunOrExplain(this WebApplication app)
    {
        try
        {
            app.Run();
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
        catch (Exception fault) when (IsOfSettings(fault))
        {
            return Explain(app.Logger, [fault.Message]);
        }
    }

    // The binder's own faults name the key; a port that is taken is told by the web server.
    private static bool IsOfSettings(Exception fault) =>
        fault is SettingsException or IOException { InnerException: Microsoft.AspNetCore.Connections.AddressInUseException }
        || (fault is InvalidOperationException && fault.TargetSite?.DeclaringType?.Namespace == "Microsoft.Extensions.Configuration");

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
    }
}
