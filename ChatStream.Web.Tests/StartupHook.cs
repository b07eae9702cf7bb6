using System.Diagnostics;
using System.Globalization;
using ChatStream.Web.Storage;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

/// <summary>
/// Gives a process of the app another clock. The runtime calls it before the app's own code where
/// <c>DOTNET_STARTUP_HOOKS</c> names this assembly; the runtime prescribes its name.
/// </summary>
#pragma warning disable CA1050 // The runtime looks for it in no namespace.
internal static class StartupHook
#pragma warning restore CA1050
{
    private const string ByHowMuch = "CHATSTREAM_TESTS_CLOCK";

    /// <summary>Settings under which a process has a clock that is wrong by this much.</summary>
    public static (string Key, string Value)[] Settings(TimeSpan wrongBy) =>
    [
        ("DOTNET_STARTUP_HOOKS", Path.Combine(AppContext.BaseDirectory, $"{typeof(StartupHook).Assembly.GetName().Name}.dll")),
        (ByHowMuch, wrongBy.ToString("c", CultureInfo.InvariantCulture)),
    ];

    public static void Initialize() => DiagnosticListener.AllListeners.Subscribe(new Listeners());

    // As WebApplicationFactory learns of a host that is being built.
    private sealed class Listeners : IObserver<DiagnosticListener>
    {
        public void OnNext(DiagnosticListener value)
        {
            if (value.Name == "Microsoft.Extensions.Hosting")
                value.Subscribe(new Hosts());
        }

        public void OnCompleted()
        {
        }

        public void OnError(Exception error)
        {
        }
    }

    private sealed class Hosts : IObserver<KeyValuePair<string, object?>>
    {
        public void OnNext(KeyValuePair<string, object?> value)
        {
            if (value is not { Key: "HostBuilding", Value: IHostBuilder host })
                return;
            var wrongBy = TimeSpan.Parse(Environment.GetEnvironmentVariable(ByHowMuch)!, CultureInfo.InvariantCulture);
            host.ConfigureServices(services => services.AddSingleton(provider => new DatabaseTime(
                new WrongTime(wrongBy), provider.GetRequiredService<ILogger<DatabaseTime>>())));
        }

        public void OnCompleted()
        {
        }

        public void OnError(Exception error)
        {
        }
    }

    private sealed class WrongTime(TimeSpan wrongBy) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + wrongBy;
    }
}
