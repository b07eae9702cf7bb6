namespace ChatStream.Web.Contract;

/// <summary>The first frame of a trial stream.</summary>
/// <param name="Id">Names the stream, for its state and its stop.</param>
/// <param name="Instance">The instance that has it. The requests about it may reach another one, and name it.</param>
/// <param name="Events">How many events follow; 0 if only comments do.</param>
/// <param name="Every">Milliseconds between two events.</param>
/// <param name="KeepAlive">Seconds of silence after which a comment is sent.</param>
/// <param name="Request">How its request arrived.</param>
internal sealed record TrialStartPayload(
    string Id, string Instance, int Events, int Every, double KeepAlive, TrialRequestPayload Request);

/// <summary>A request as it reached this process, behind all proxies.</summary>
/// <param name="Protocol">The version of HTTP, such as <c>HTTP/1.1</c>.</param>
/// <param name="Proxies">The proxies that a header gives away: <c>apache</c>, <c>caddy</c>, <c>iis</c>, <c>cdn</c>.</param>
public sealed record TrialRequestPayload(string Protocol, IReadOnlyList<string> Proxies);

/// <summary>An event of a trial stream.</summary>
/// <param name="N">Its number, from 1.</param>
/// <param name="At">When it was written, in milliseconds after the first frame.</param>
internal sealed record TrialEventPayload(int N, double At);

/// <summary>What became of a trial stream.</summary>
/// <param name="State"><c>open</c>: its reader is there. <c>left</c>: the reader has gone before its end. <c>ended</c>.</param>
public sealed record TrialStatePayload(string State);
