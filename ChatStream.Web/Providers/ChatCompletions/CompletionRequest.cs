using System.Text.Encodings.Web;
using System.Text.Json;
using ChatStream.Web.Providers.Deployments;
using Microsoft.Extensions.AI;

namespace ChatStream.Web.Providers.ChatCompletions;

/// <summary>
/// Writes the JSON body of a chat-completions request. It has only the options that the caller set, because models reject
/// parameters that they do not know. The SDK's typed options send <c>max_tokens</c>, which reasoning models refuse.
/// </summary>
internal static class CompletionRequest
{
    private static readonly JsonWriterOptions WriterOptions = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <param name="deployment">Where it is sent.</param>
    /// <param name="form">What the deployment takes.</param>
    /// <param name="messages">The conversation.</param>
    /// <param name="options">What the caller set.</param>
    /// <param name="stream">Whether the answer is to be streamed, with its usage at the end.</param>
    /// <exception cref="NotSupportedException">A message has content that cannot be sent.</exception>
    public static BinaryData Write(
        DeploymentOptions deployment, RequestForm form, IEnumerable<ChatMessage> messages, ChatOptions? options, bool stream)
    {
        var body = RequestBody.BufferFor(messages, options?.Instructions);
        using (var json = new Utf8JsonWriter(body, WriterOptions))
        {
            json.WriteStartObject();
            // Azure's dated API takes the model from the path and ignores this. All others need it.
            json.WriteString("model"u8, deployment.Deployment);
            WriteMessages(json, form, messages, options?.Instructions);
            json.WriteBoolean("stream"u8, stream);
            if (stream && form.Takes(Member.StreamOptions))
            {
                json.WriteStartObject(Member.StreamOptions);
                json.WriteBoolean("include_usage"u8, true);
                json.WriteEndObject();
            }
            if (options is not null)
                WriteOptions(json, options, form);
            if (deployment.ServiceTier.Length > 0 && form.Takes(Member.ServiceTier))
                json.WriteString(Member.ServiceTier, deployment.ServiceTier);
            if (deployment.PromptCacheKey && RequestParameters.CacheKeyOf(options) is { } key && form.Takes(Member.CacheKey))
                json.WriteString(Member.CacheKey, key);
            json.WriteEndObject();
        }
        return BinaryData.FromBytes(body.WrittenMemory);
    }

    private static void WriteMessages(
        Utf8JsonWriter json, RequestForm form, IEnumerable<ChatMessage> messages, string? instructions)
    {
        json.WriteStartArray("messages"u8);
        foreach (var message in MessageText.WithInstructions(messages, instructions, form))
        {
            if (message.Role == ChatRole.Tool)
                WriteResults(json, message);
            else if (MessageImages.AreIn(message))
                WriteImages(json, MessageText.RoleOf(message, form), message);
            else
                WriteMessage(json, MessageText.RoleOf(message, form), message, form);
        }
        json.WriteEndArray();
    }

    private static void WriteMessage(Utf8JsonWriter json, string role, ChatMessage message, RequestForm form)
    {
        var text = MessageText.Of(message);
        if (message.Contents is [TextContent] || !MessageText.CallsOf(message).Any())
        {
            WriteMessage(json, role, text);
            return;
        }
        json.WriteStartObject();
        json.WriteString("role"u8, role);
        if (text.Length > 0)
            json.WriteString("content"u8, text);
        else
            json.WriteNull("content"u8);
        if (form.ReturnsReasoning)
            json.WriteString("reasoning_content"u8, MessageText.ReasoningOf(message));
        json.WriteStartArray("tool_calls"u8);
        foreach (var call in MessageText.CallsOf(message))
        {
            json.WriteStartObject();
            json.WriteString("id"u8, call.CallId);
            json.WriteString("type"u8, "function"u8);
            json.WriteStartObject("function"u8);
            json.WriteString("name"u8, call.Name);
            json.WriteString("arguments"u8, FunctionCalls.SentArgumentsOf(call));
            json.WriteEndObject();
            json.WriteEndObject();
        }
        json.WriteEndArray();
        json.WriteEndObject();
    }

    // Each result is a message of its own, right behind the calls.
    private static void WriteResults(Utf8JsonWriter json, ChatMessage message)
    {
        foreach (var result in MessageText.ResultsOf(message))
        {
            json.WriteStartObject();
            json.WriteString("role"u8, "tool"u8);
            json.WriteString("tool_call_id"u8, result.CallId);
            json.WriteString("content"u8, FunctionCalls.TextOf(result));
            json.WriteEndObject();
        }
    }

    private static void WriteTools(Utf8JsonWriter json, ChatOptions options)
    {
        if (options.Tools is not { Count: > 0 } tools)
            return;
        json.WriteStartArray("tools"u8);
        foreach (var tool in tools.OfType<AIFunctionDeclaration>())
        {
            json.WriteStartObject();
            json.WriteString("type"u8, "function"u8);
            json.WriteStartObject("function"u8);
            WriteFunction(json, tool);
            json.WriteEndObject();
            json.WriteEndObject();
        }
        json.WriteEndArray();
        if (options.ToolMode is NoneChatToolMode)
            json.WriteString("tool_choice"u8, "none"u8);
    }

    /// <summary>Writes what both interfaces say of a function.</summary>
    internal static void WriteFunction(Utf8JsonWriter json, AIFunctionDeclaration tool)
    {
        json.WriteString("name"u8, tool.Name);
        json.WriteString("description"u8, tool.Description);
        json.WritePropertyName("parameters"u8);
        tool.JsonSchema.WriteTo(json);
    }

    private static void WriteMessage(Utf8JsonWriter json, string role, string text)
    {
        json.WriteStartObject();
        json.WriteString("role"u8, role);
        json.WriteString("content"u8, text);
        json.WriteEndObject();
    }

    private static void WriteImages(Utf8JsonWriter json, string role, ChatMessage message)
    {
        json.WriteStartObject();
        json.WriteString("role"u8, role);
        MessageImages.WriteForCompletions(json, message);
        json.WriteEndObject();
    }

    private static void WriteOptions(Utf8JsonWriter json, ChatOptions options, RequestForm form)
    {
        WriteTools(json, options);
        if (options.MaxOutputTokens is { } limit && form.OutputLimit is { } name)
            json.WriteNumber(name, limit);
        if (options.Temperature is { } temperature && form.Takes(Member.Temperature))
            json.WriteNumber(Member.Temperature, temperature);
        if (options.TopP is { } topP && form.Takes(Member.TopP))
            json.WriteNumber(Member.TopP, topP);
        if (options.FrequencyPenalty is { } frequency && form.Takes(Member.FrequencyPenalty))
            json.WriteNumber(Member.FrequencyPenalty, frequency);
        if (options.PresencePenalty is { } presence && form.Takes(Member.PresencePenalty))
            json.WriteNumber(Member.PresencePenalty, presence);
        if (options.Seed is { } seed && form.Takes(Member.Seed))
            json.WriteNumber(Member.Seed, seed);
        if (form.EffortFor(RequestParameters.EffortOf(options)) is { } effort)
            json.WriteString(Member.Effort, effort);
        if (RequestParameters.VerbosityOf(options) is { } verbosity && form.Takes(Member.Verbosity))
            json.WriteString(Member.Verbosity, verbosity);
        if (options.StopSequences is { Count: > 0 } stops && form.Takes(Member.Stop))
        {
            json.WriteStartArray(Member.Stop);
            foreach (var stop in stops)
                json.WriteStringValue(stop);
            json.WriteEndArray();
        }
    }
}
