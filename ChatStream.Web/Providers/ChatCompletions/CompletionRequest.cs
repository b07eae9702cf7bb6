using System.Buffers;
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
    /// <exception cref="NotSupportedException">A message has content other than text.</exception>
    public static BinaryData Write(
        DeploymentOptions deployment, RequestForm form, IEnumerable<ChatMessage> messages, ChatOptions? options, bool stream)
    {
        var body = new ArrayBufferWriter<byte>(4096);
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
        if (!string.IsNullOrEmpty(instructions))
            WriteMessage(json, form.InstructionsRole, instructions);
        foreach (var message in messages)
            WriteMessage(json, MessageText.RoleOf(message, form), MessageText.Of(message));
        json.WriteEndArray();
    }

    private static void WriteMessage(Utf8JsonWriter json, string role, string text)
    {
        json.WriteStartObject();
        json.WriteString("role"u8, role);
        json.WriteString("content"u8, text);
        json.WriteEndObject();
    }

    private static void WriteOptions(Utf8JsonWriter json, ChatOptions options, RequestForm form)
    {
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
