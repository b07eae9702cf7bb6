using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using ChatStream.Web.Providers.Deployments;
using Microsoft.Extensions.AI;

namespace ChatStream.Web.Providers.Responses;

/// <summary>
/// Writes the JSON body of a request to the Responses API. The service keeps nothing of it: <c>store</c> is false, and each
/// request carries the whole conversation.
/// </summary>
internal static class ResponsesRequest
{
    private static readonly JsonWriterOptions WriterOptions = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <param name="deployment">Where it is sent.</param>
    /// <param name="form">What the deployment takes.</param>
    /// <param name="messages">The conversation.</param>
    /// <param name="options">What the caller set. This interface has no penalties, seed and stop sequences.</param>
    /// <param name="stream">Whether the answer is to be streamed.</param>
    /// <exception cref="NotSupportedException">A message has content other than text.</exception>
    public static BinaryData Write(
        DeploymentOptions deployment, RequestForm form, IEnumerable<ChatMessage> messages, ChatOptions? options, bool stream)
    {
        var body = new ArrayBufferWriter<byte>(4096);
        using (var json = new Utf8JsonWriter(body, WriterOptions))
        {
            json.WriteStartObject();
            json.WriteString("model"u8, deployment.Deployment);
            WriteInput(json, form, messages, options?.Instructions);
            json.WriteBoolean("stream"u8, stream);
            if (form.Takes(Member.Store))
                json.WriteBoolean("store"u8, false);
            WriteOptions(json, deployment, form, options, stream);
            json.WriteEndObject();
        }
        return BinaryData.FromBytes(body.WrittenMemory);
    }

    private static void WriteInput(
        Utf8JsonWriter json, RequestForm form, IEnumerable<ChatMessage> messages, string? instructions)
    {
        json.WriteStartArray("input"u8);
        if (!string.IsNullOrEmpty(instructions))
            WriteMessage(json, form.InstructionsRole, instructions);
        foreach (var message in messages)
            WriteMessage(json, MessageText.RoleOf(message, form), MessageText.Of(message));
        json.WriteEndArray();
    }

    private static void WriteMessage(Utf8JsonWriter json, string role, string text)
    {
        json.WriteStartObject();
        json.WriteString("type"u8, "message"u8);
        json.WriteString("role"u8, role);
        json.WriteString("content"u8, text);
        json.WriteEndObject();
    }

    private static void WriteOptions(
        Utf8JsonWriter json, DeploymentOptions deployment, RequestForm form, ChatOptions? options, bool stream)
    {
        if (options?.MaxOutputTokens is { } limit && form.Takes(Member.MaxOutputTokens))
            json.WriteNumber(Member.MaxOutputTokens, limit);
        if (options?.Temperature is { } temperature && form.Takes(Member.Temperature))
            json.WriteNumber(Member.Temperature, temperature);
        if (options?.TopP is { } topP && form.Takes(Member.TopP))
            json.WriteNumber(Member.TopP, topP);
        WriteReasoning(json, form, options, stream);
        if (RequestParameters.VerbosityOf(options) is { } verbosity && form.Takes(Member.Verbosity))
        {
            json.WriteStartObject("text"u8);
            json.WriteString(Member.Verbosity, verbosity);
            json.WriteEndObject();
        }
        if (deployment.ServiceTier.Length > 0 && form.Takes(Member.ServiceTier))
            json.WriteString(Member.ServiceTier, deployment.ServiceTier);
        if (deployment.PromptCacheKey && RequestParameters.CacheKeyOf(options) is { } key && form.Takes(Member.CacheKey))
            json.WriteString(Member.CacheKey, key);
    }

    // A summary is asked for where somebody can see it: in an answer that is streamed, unless the caller says otherwise.
    private static void WriteReasoning(Utf8JsonWriter json, RequestForm form, ChatOptions? options, bool stream)
    {
        var effort = form.EffortFor(RequestParameters.EffortOf(options));
        var isSummaryWanted = options?.Reasoning?.Output is { } output ? output != ReasoningOutput.None : stream;
        var hasSummary = isSummaryWanted && form.Takes(Member.Summary);
        if (effort is null && !hasSummary)
            return;
        json.WriteStartObject("reasoning"u8);
        if (effort is not null)
            json.WriteString("effort"u8, effort);
        if (hasSummary)
            json.WriteString("summary"u8, "auto"u8);
        json.WriteEndObject();
    }
}
