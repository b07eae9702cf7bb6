namespace ChatStream.Web.Tests.Emulation.Clients;

/// <summary>What a client told of one answer. A member that the client does not know is null.</summary>
internal sealed record Told(
    string Name, string? Text, string? Refusal, string? Reasoning, string? Finish, ToldUsage? Usage,
    IReadOnlyList<ToldTool>? Tools, ToldFault? Fault);

internal sealed record ToldUsage(int Input, int Output, int Reasoning);

internal sealed record ToldTool(string Id, string Name, string Arguments);

/// <summary>The client's own error.</summary>
/// <param name="Type">Its type.</param>
/// <param name="Status">The HTTP status; null: there was none, or the error came in a stream.</param>
/// <param name="Code">The service's code.</param>
/// <param name="Param">The parameter that the service named.</param>
/// <param name="RequestId">The header <c>apim-request-id</c>.</param>
/// <param name="RetryAfter">The header <c>Retry-After</c>.</param>
/// <param name="Message">For people. It differs by client.</param>
internal sealed record ToldFault(
    string Type, int? Status, string? Code, string? Param, string? RequestId, string? RetryAfter, string? Message);
