using System.ClientModel;
using System.ClientModel.Primitives;
using System.Text.Json;
using Azure.AI.OpenAI;
using OpenAI;
using OpenAI.Chat;

namespace ChatStream.Web.Tests.Emulation.Clients;

/// <summary>
/// The typed methods of Azure.AI.OpenAI 2.1.0, or by v1 those of OpenAI 2.1.0. They know neither reasoning nor the Responses API.
/// The app uses the protocol methods of the same packages, which have no types.
/// </summary>
internal sealed record TypedSdkClient(string Surface) : OfficialClient("Azure.AI.OpenAI", Surface)
{
    public override bool KnowsRefusals => true;

    public override bool KnowsErrorsOfStreams => false;

    public override string Finish(string reason) => reason;

    // A stream that breaks fails as the network does. An error in a stream has no type: reading it fails.
    public override string ErrorType(int status, bool isInStream) => (status, isInStream) switch
    {
        (0, true) => nameof(IOException),
        (_, true) => nameof(NullReferenceException),
        _ => nameof(ClientResultException),
    };

    public override async Task<IReadOnlyList<Told>> AskAsync(
        Uri endpoint, IReadOnlyList<Question> questions, CancellationToken cancellationToken)
    {
        var told = new List<Told>();
        foreach (var question in questions)
        {
            try
            {
                told.Add(await AskAsync(Client(endpoint, question), question, cancellationToken));
            }
            catch (Exception fault) when (fault is not OperationCanceledException)
            {
                told.Add(new(question.Name, null, null, null, null, null, null, Describe(fault)));
            }
        }
        return told;
    }

    private ChatClient Client(Uri endpoint, Question question)
    {
        var key = new ApiKeyCredential(question.Key);
        var once = new ClientRetryPolicy(maxRetries: 0);
        OpenAIClient client = Surface == "dated chat"
            ? new AzureOpenAIClient(endpoint, key, new AzureOpenAIClientOptions { RetryPolicy = once })
            : new OpenAIClient(key, new OpenAIClientOptions { Endpoint = new Uri(endpoint, "openai/v1"), RetryPolicy = once });
        return client.GetChatClient(question.Deployment);
    }

    private static async Task<Told> AskAsync(ChatClient client, Question question, CancellationToken cancellationToken)
    {
        ChatMessage[] messages = [new UserChatMessage(question.Message)];
        var options = new ChatCompletionOptions();
        if (question.HasTools)
            options.Tools.Add(ChatTool.CreateFunctionTool("weather", "The weather of a city."));
        if (question.IsStreamed)
            return await GatherAsync(client.CompleteChatStreamingAsync(messages, options, cancellationToken), question.Name);
        ChatCompletion answer = await client.CompleteChatAsync(messages, options, cancellationToken);
        return new(
            question.Name, TextOf(answer.Content), answer.Refusal, null, Word(answer.FinishReason), UsageOf(answer.Usage),
            [.. answer.ToolCalls.Select(call => new ToldTool(call.Id, call.FunctionName, call.FunctionArguments.ToString()))],
            Fault: null);
    }

    private static async Task<Told> GatherAsync(AsyncCollectionResult<StreamingChatCompletionUpdate> updates, string name)
    {
        string? text = null, refusal = null, finish = null;
        ToldUsage? usage = null;
        var tools = new SortedDictionary<int, ToldTool>();
        await foreach (var update in updates)
        {
            text = Joined(text, TextOf(update.ContentUpdate));
            refusal = Joined(refusal, update.RefusalUpdate);
            finish = update.FinishReason is { } reason ? Word(reason) : finish;
            usage = update.Usage is { } tokens ? UsageOf(tokens) : usage;
            foreach (var fragment in update.ToolCallUpdates)
            {
                var begun = tools.GetValueOrDefault(fragment.Index) ?? new(fragment.ToolCallId, fragment.FunctionName, "");
                tools[fragment.Index] = begun with { Arguments = begun.Arguments + fragment.FunctionArgumentsUpdate };
            }
        }
        return new(name, text, refusal, null, finish, usage, [.. tools.Values], null);
    }

    private static string? TextOf(ChatMessageContent content) =>
        content.Count == 0 ? null : string.Concat(content.Select(part => part.Text)) is { Length: > 0 } text ? text : null;

    private static string? Joined(string? before, string? piece) => piece is { Length: > 0 } ? before + piece : before;

    private static ToldUsage UsageOf(ChatTokenUsage usage) =>
        new(usage.InputTokenCount, usage.OutputTokenCount, usage.OutputTokenDetails?.ReasoningTokenCount ?? 0);

    private static string Word(ChatFinishReason reason) => reason switch
    {
        ChatFinishReason.ToolCalls => "tool_calls",
        ChatFinishReason.ContentFilter => "content_filter",
        ChatFinishReason.Length => "length",
        _ => "stop",
    };

    private static ToldFault Describe(Exception fault)
    {
        var response = (fault as ClientResultException)?.GetRawResponse();
        var error = response is null ? default : ErrorIn(response.Content);
        return new(
            fault is IOException ? nameof(IOException) : fault.GetType().Name, response?.Status,
            Member(error, "code"), Member(error, "param"),
            Header(response, "apim-request-id"), Header(response, "Retry-After"), fault.Message);
    }

    private static JsonElement ErrorIn(BinaryData body)
    {
        try
        {
            return JsonDocument.Parse(body).RootElement.GetProperty("error");
        }
        catch (JsonException)
        {
            return default;
        }
    }

    private static string? Member(JsonElement error, string name) =>
        error.ValueKind == JsonValueKind.Object && error.TryGetProperty(name, out var value) ? value.GetString() : null;

    private static string? Header(PipelineResponse? response, string name) =>
        response?.Headers.TryGetValue(name, out var value) == true ? value : null;
}
