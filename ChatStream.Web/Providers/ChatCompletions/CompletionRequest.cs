using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using Microsoft.Extensions.AI;

namespace ChatStream.Web.Providers.ChatCompletions;

/// <summary>
/// Writes the JSON body of a chat-completions request. It has only the options that the caller set, because models reject
/// parameters that they do not know. The SDK's typed options send <c>max_tokens</c>, which reasoning models refuse.
/// </summary>
internal static class CompletionRequest
{
    /// <summary>The name of the member that asks for the usage of a stream.</summary>
    public const string StreamOptions = "stream_options";

    private static readonly JsonWriterOptions WriterOptions = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <param name="deployment">Where it is sent.</param>
    /// <param name="messages">The conversation.</param>
    /// <param name="options">What the caller set.</param>
    /// <param name="stream">Whether the answer is to be streamed.</param>
    /// <param name="withUsage">Whether a stream is to end with its usage.</param>
    /// <exception cref="NotSupportedException">A message has content other than text.</exception>
    public static BinaryData Write(
        DeploymentOptions deployment, IEnumerable<ChatMessage> messages, ChatOptions? options, bool stream, bool withUsage = true)
    {
        var body = new ArrayBufferWriter<byte>(4096);
        using (var json = new Utf8JsonWriter(body, WriterOptions))
        {
            json.WriteStartObject();
            // Azure's dated API takes the model from the path and ignores this. All others need it.
            json.WriteString("model"u8, deployment.Deployment);
            WriteMessages(json, messages, options?.Instructions);
            json.WriteBoolean("stream"u8, stream);
            if (stream && withUsage)
            {
                json.WriteStartObject(StreamOptions);
                json.WriteBoolean("include_usage"u8, true);
                json.WriteEndObject();
            }
            if (options is not null)
                WriteOptions(json, options, deployment);
            json.WriteEndObject();
        }
        return BinaryData.FromBytes(body.WrittenMemory);
    }

    private static void WriteMessages(Utf8JsonWriter json, IEnumerable<ChatMessage> messages, string? instructions)
    {
        json.WriteStartArray("messages"u8);
        if (!string.IsNullOrEmpty(instructions))
            WriteMessage(json, ChatRole.System, instructions);
        foreach (var message in messages)
        {
            if (message.Contents.FirstOrDefault(content => content is not (TextContent or TextReasoningContent)) is { } other)
                throw new NotSupportedException($"Messages with {other.GetType().Name} cannot be sent yet.");
            WriteMessage(json, message.Role, message.Text);
        }
        json.WriteEndArray();
    }

    private static void WriteMessage(Utf8JsonWriter json, ChatRole role, string text)
    {
        json.WriteStartObject();
        json.WriteString("role"u8, role.Value);
        json.WriteString("content"u8, text);
        json.WriteEndObject();
    }

    private static void WriteOptions(Utf8JsonWriter json, ChatOptions options, DeploymentOptions deployment)
    {
        if (options.MaxOutputTokens is { } limit)
            json.WriteNumber(deployment.UseMaxTokens ? "max_tokens"u8 : "max_completion_tokens"u8, limit);
        if (options.Temperature is { } temperature)
            json.WriteNumber("temperature"u8, temperature);
        if (options.TopP is { } topP)
            json.WriteNumber("top_p"u8, topP);
        if (options.FrequencyPenalty is { } frequency)
            json.WriteNumber("frequency_penalty"u8, frequency);
        if (options.PresencePenalty is { } presence)
            json.WriteNumber("presence_penalty"u8, presence);
        if (options.Seed is { } seed)
            json.WriteNumber("seed"u8, seed);
        if (options.EffortOf() is { } effort)
            json.WriteString("reasoning_effort"u8, effort);
        if (options.StopSequences is { Count: > 0 } stops)
        {
            json.WriteStartArray("stop"u8);
            foreach (var stop in stops)
                json.WriteStringValue(stop);
            json.WriteEndArray();
        }
    }
}
