using ChatStream.Web.Providers;
using ChatStream.Web.Tests.Providers.ChatCompletions;

namespace ChatStream.Web.Tests.Providers.Responses;

/// <summary>The events of a response as the service sends them, and the client that reads them.</summary>
internal static class ResponsesStream
{
    public const string OfResponse = ", id r-1, model gpt-5";

    public static readonly string Created = Event(
        "response.created", "\"response\":{\"id\":\"r-1\",\"object\":\"response\",\"status\":\"in_progress\",\"model\":\"gpt-5\","
        + "\"output\":[],\"usage\":null,\"error\":null}");

    public static DeploymentOptions Deployment { get; } = new()
    {
        Endpoint = TestModel.Deployment.Endpoint,
        Deployment = "gpt-5-mini",
        ApiKey = TestModel.Key,
        Api = ModelApi.Responses,
    };

    public static string Event(string type, string members) =>
        $"event: {type}\ndata: {{\"type\":\"{type}\",\"sequence_number\":1,{members}}}\n\n";

    /// <param name="json">What stands between the quotation marks.</param>
    public static string Text(string json) => Event("response.output_text.delta", $"\"item_id\":\"m\",\"delta\":\"{json}\"");

    public static string Thought(string json) =>
        Event("response.reasoning_summary_text.delta", $"\"summary_index\":0,\"delta\":\"{json}\"");

    public static string Item(string type) =>
        Event("response.output_item.added", $"\"output_index\":0,\"item\":{{\"id\":\"i\",\"type\":\"{type}\",\"content\":[]}}");

    /// <summary>The event that ends a response.</summary>
    /// <param name="status">Its name and the response's status.</param>
    /// <param name="members">Other members of the response.</param>
    public static string End(string status, string members = "\"usage\":null") => Event(
        $"response.{status}", $"\"response\":{{\"id\":\"r-1\",\"model\":\"gpt-5\",\"status\":\"{status}\",{members}}}");

    /// <summary>The events with their numbers, from 0. Without this, all have the same.</summary>
    public static string Numbered(string stream)
    {
        const string name = "\"sequence_number\":";
        var parts = stream.Split($"{name}1,");
        return parts[0] + string.Concat(parts.Skip(1).Select((part, number) => $"{name}{number},{part}"));
    }

    public static string Completed(string members = "\"usage\":null") => End("completed", members);
}
