using System.Text.Encodings.Web;
using System.Text.Json;
using ChatStream.Web.Providers.ChatCompletions;
using ChatStream.Web.Providers.Deployments;
using Microsoft.Extensions.AI;

namespace ChatStream.Web.Providers.Responses;

/// <summary>
/// Writes the JSON body of a request to the Responses API. Each request carries the whole conversation. The service keeps nothing
/// of it: <c>store</c> is false, unless the answer is made in the background.
/// </summary>
internal static class ResponsesRequest
{
    private static readonly JsonWriterOptions WriterOptions = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <param name="deployment">Where it is sent.</param>
    /// <param name="form">What the deployment takes.</param>
    /// <param name="messages">The conversation.</param>
    /// <param name="options">What the caller set. This interface has no penalties, seed and stop sequences.</param>
    /// <param name="stream">Whether the answer is to be streamed.</param>
    /// <exception cref="NotSupportedException">A message has content that cannot be sent.</exception>
    public static BinaryData Write(
        DeploymentOptions deployment, RequestForm form, IEnumerable<ChatMessage> messages, ChatOptions? options, bool stream)
    {
        var body = RequestBody.BufferFor(messages, options?.Instructions);
        using (var json = new Utf8JsonWriter(body, WriterOptions))
        {
            json.WriteStartObject();
            json.WriteString("model"u8, deployment.Deployment);
            var carriesReasoning = form.CarriesReasoning(deployment, stream);
            WriteInput(json, form, messages, options?.Instructions, carriesReasoning ? deployment.Key : null);
            json.WriteBoolean("stream"u8, stream);
            var isBackground = form.IsBackground(deployment, stream);
            if (isBackground)
                json.WriteBoolean(Member.Background, true);
            if (form.Takes(Member.Store))
                json.WriteBoolean("store"u8, isBackground);
            if (carriesReasoning)
            {
                json.WriteStartArray("include"u8);
                json.WriteStringValue(Member.EncryptedReasoning);
                json.WriteEndArray();
            }
            WriteOptions(json, deployment, form, options, stream);
            json.WriteEndObject();
        }
        return BinaryData.FromBytes(body.WrittenMemory);
    }

    private static void WriteInput(
        Utf8JsonWriter json, RequestForm form, IEnumerable<ChatMessage> messages, string? instructions, string? reasoningOf)
    {
        json.WriteStartArray("input"u8);
        foreach (var message in MessageText.WithInstructions(messages, instructions, form))
        {
            if (reasoningOf is not null && EncryptedReasoning.Of(message) is { } kept)
                EncryptedReasoning.Write(json, kept, reasoningOf);
            if (MessageImages.AreIn(message))
                WriteImages(json, MessageText.RoleOf(message, form), message);
            else
                WriteItems(json, MessageText.RoleOf(message, form), message);
        }
        json.WriteEndArray();
    }

    private static void WriteItems(Utf8JsonWriter json, string role, ChatMessage message)
    {
        var text = MessageText.Of(message);
        var isPlain = message.Contents is [TextContent];
        if (isPlain || text.Length > 0 || !(MessageText.CallsOf(message).Any() || MessageText.ResultsOf(message).Any()))
            WriteMessage(json, role, text);
        if (isPlain)
            return;
        foreach (var call in MessageText.CallsOf(message))
        {
            json.WriteStartObject();
            json.WriteString("type"u8, "function_call"u8);
            json.WriteString("call_id"u8, call.CallId);
            json.WriteString("name"u8, call.Name);
            json.WriteString("arguments"u8, FunctionCalls.SentArgumentsOf(call));
            json.WriteEndObject();
        }
        foreach (var result in MessageText.ResultsOf(message))
        {
            json.WriteStartObject();
            json.WriteString("type"u8, "function_call_output"u8);
            json.WriteString("call_id"u8, result.CallId);
            json.WriteString("output"u8, FunctionCalls.TextOf(result));
            json.WriteEndObject();
        }
    }

    private static void WriteTools(Utf8JsonWriter json, ChatOptions? options)
    {
        if (options?.Tools is not { Count: > 0 } tools)
            return;
        json.WriteStartArray("tools"u8);
        foreach (var tool in tools.OfType<AIFunctionDeclaration>())
        {
            json.WriteStartObject();
            json.WriteString("type"u8, "function"u8);
            CompletionRequest.WriteFunction(json, tool);
            json.WriteBoolean("strict"u8, false);
            json.WriteEndObject();
        }
        json.WriteEndArray();
        if (options.ToolMode is NoneChatToolMode)
            json.WriteString("tool_choice"u8, "none"u8);
    }

    private static void WriteMessage(Utf8JsonWriter json, string role, string text)
    {
        json.WriteStartObject();
        json.WriteString("type"u8, "message"u8);
        json.WriteString("role"u8, role);
        json.WriteString("content"u8, text);
        json.WriteEndObject();
    }

    private static void WriteImages(Utf8JsonWriter json, string role, ChatMessage message)
    {
        json.WriteStartObject();
        json.WriteString("type"u8, "message"u8);
        json.WriteString("role"u8, role);
        MessageImages.WriteForResponses(json, message);
        json.WriteEndObject();
    }

    private static void WriteOptions(
        Utf8JsonWriter json, DeploymentOptions deployment, RequestForm form, ChatOptions? options, bool stream)
    {
        WriteTools(json, options);
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
