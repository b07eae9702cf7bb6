using System.Diagnostics;
using System.Runtime.InteropServices;

namespace ChatStream.Emulator;

internal static class EmulatorConsole
{
    private const string DefaultUrl = "http://localhost:5090";

    // "dotnet run" takes --help for itself unless "--" stands before it.
    private const string Command = "dotnet run --project ChatStream.Emulator";

    public static async Task<int> Main(string[] args)
    {
        if (args.Any(arg => arg is "--help" or "-h" or "-?"))
        {
            Console.WriteLine(Help);
            return 0;
        }

        try
        {
            await RunAsync(new ConfigurationBuilder().AddCommandLine(args).Build());
            return 0;
        }
        catch (Exception exception) when (exception is IOException or FormatException)
        {
            await Console.Error.WriteLineAsync(exception.Message);
            return 1;
        }
    }

    private static async Task RunAsync(IConfiguration settings)
    {
        using var stop = new CancellationTokenSource();
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);

        var options = new EmulatorOptions { Urls = settings["urls"] ?? DefaultUrl, ApiKey = settings["api-key"] };
        await using var server = await EmulatorServer.StartAsync(options, stop.Token);
        server.Default = settings["at-once"] == "true" ? ConsoleScripts.ReplyAtOnce : ConsoleScripts.Reply;
        server.On(ConsoleScripts.ForCommand);
        Console.WriteLine(Settings(server.Endpoint, options.ApiKey));
        await ReportAsync(server, stop.Token);

        void Stop(PosixSignalContext signal)
        {
            signal.Cancel = true;
            stop.Cancel();
        }
    }

    private static string Help => $"""
        Emulates Azure OpenAI's chat completions and Responses, so that ChatStream can be tried without a deployment.

        usage: {Command} -- [options]

          --urls <url>      where to listen (default {DefaultUrl})
          --api-key <key>   the only key to accept (default: any)
          --at-once true    the reply without pauses between its words
          --help            this text

        A message that starts with one of these words gets another answer:

        {ConsoleScripts.Help}
        """;

    private static string Settings(Uri endpoint, string? apiKey) => $"""
        Listening on {endpoint}. Start ChatStream with:

          export AzureOpenAI__Endpoint={endpoint}
          export AzureOpenAI__Deployment=gpt-5-mini
          export AzureOpenAI__ApiKey={apiKey ?? "emulator"}

        A message that starts with a word such as /429 or /cut gets a fault. The list of words:

          {Command} -- --help

        Ctrl+C stops the emulator.
        """;

    private static async Task ReportAsync(EmulatorServer server, CancellationToken cancellationToken)
    {
        try
        {
            for (var index = 0; ; index++) _ = ReportAsync(index, await server.RequestAsync(index, cancellationToken));
        }
        catch (OperationCanceledException)
        {
        }
    }

    // Prints what happened, and never the text of a message or an answer.
    private static async Task ReportAsync(int index, EmulatedRequest request)
    {
        var arrived = Stopwatch.GetTimestamp();
        var end = await request.Ended;
        var outcome = end.Outcome switch
        {
            RequestOutcome.Completed => "completed",
            RequestOutcome.ClientClosed => "client closed",
            _ => "cut by the script",
        };
        var seconds = Stopwatch.GetElapsedTime(arrived, end.Timestamp).TotalSeconds;
        Console.WriteLine($"#{index} {request.Deployment}: {outcome} after {seconds:F2} s, {request.EventsWritten} events");
    }
}
