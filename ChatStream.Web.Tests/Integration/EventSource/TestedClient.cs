namespace ChatStream.Web.Tests.Integration.EventSource;

/// <summary>A client of another maker. The same table, with what each one needs, stands in <c>docs/clients.md</c>.</summary>
/// <param name="Name">As the document names it.</param>
/// <param name="Reader">How these tests run it.</param>
/// <param name="MayLose">The most tokens that its own defect may cost, of 20 answers through cuts; 0: it has none.</param>
/// <param name="Because">The defect.</param>
internal sealed record TestedClient(string Name, ClientReader Reader, int MayLose = 0, string? Because = null)
{
    private const string CountsTheLine =
        "It takes an id for received when it reads its line. A cut between that line and the blank line costs the frame.";

    private const int OfFourThousand = 10;

    public static readonly TestedClient[] All =
    [
        new("eventsource", new NodeReader("eventsource")),
        new("eventsource-client", new NodeReader("eventsource-client")),
        new("launchdarkly-eventsource", new NodeReader("launchdarkly-eventsource")),
        new("event-source-plus", new NodeReader("event-source-plus")),
        new("reconnecting-eventsource", new NodeReader("reconnecting-eventsource")),
        new("event-source-polyfill", new NodeReader("event-source-polyfill")),
        new("sse.js", new NodeReader("sse.js")),
        new("@microsoft/fetch-event-source", new NodeReader("fetch-event-source"), OfFourThousand, CountsTheLine),
        new("@microsoft/fetch-event-source, own id", new NodeReader("fetch-event-source-own-id")),
        new("extended-eventsource", new NodeReader("extended-eventsource"), OfFourThousand, CountsTheLine),
        new("extended-eventsource, own id", new NodeReader("extended-eventsource-own-id")),
        new("System.Net.ServerSentEvents, LastEventId", new DotnetReader(CountsTheLine: true), OfFourThousand, CountsTheLine),
        new("System.Net.ServerSentEvents, EventId", new DotnetReader(CountsTheLine: false)),
        new("EventSource of Chromium", new ChromiumReader()),
    ];

    public override string ToString() => Name;
}

/// <summary>What a client received of one answer.</summary>
/// <param name="Path">The answer's.</param>
/// <param name="Text">All texts, joined.</param>
/// <param name="Finish">The payloads of all <c>finish</c> events, joined.</param>
/// <param name="Fault">Why it gave up; null: it came to an end.</param>
internal sealed record Received(string Path, string Text, string Finish, string? Fault);

/// <summary>Reads answers with one client.</summary>
internal abstract record ClientReader
{
    /// <param name="server">Where the proxy is.</param>
    /// <param name="bearerKey">Of the program. A browser uses its cookie instead.</param>
    /// <param name="paths">One for each answer.</param>
    /// <param name="timeout">Ends the test.</param>
    public abstract Task<IReadOnlyList<Received>> ReadAsync(
        Uri server, string bearerKey, IReadOnlyList<string> paths, CancellationToken timeout);
}
