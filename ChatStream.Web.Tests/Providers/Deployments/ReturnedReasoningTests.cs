using ChatStream.Web.Tests.Infrastructure;
using ChatStream.Web.Tests.Providers.ChatCompletions;
using Microsoft.Extensions.AI;
using NUnit.Framework;

namespace ChatStream.Web.Tests.Providers.Deployments;

/// <summary>Some models want the reasoning of their answers with calls back, and refuse them without.</summary>
[CancelAfter(20_000)]
internal sealed class ReturnedReasoningTests
{
    [TestCase("The `reasoning_content` in the thinking mode must be passed back to the API.")]
    [TestCase("thinking is enabled but reasoning_content is missing in assistant tool call message at index 1")]
    public async Task The_reasoning_of_an_answer_that_calls_tools_goes_back_where_the_model_wants_it(string message)
    {
        using var service = ScriptedService.InTurn(
            (400, "application/json", "{\"error\":{\"message\":\"" + message + "\"}}"),
            (200, "text/event-stream", AzureStream.Finish() + AzureStream.Done));
        using var log = new LogCapture();
        using var client = TestModel.Behind(service, log: log);
        var token = TestContext.CurrentContext.CancellationToken;
        ChatMessage[] messages =
        [
            new(ChatRole.User, "What time is it?"),
            new(ChatRole.Assistant,
            [
                new TextReasoningContent("The clock "), new TextReasoningContent("knows."),
                new FunctionCallContent("c1", "clock"),
            ]),
            new(ChatRole.Tool, [new FunctionResultContent("c1", "noon")]),
            new(ChatRole.Assistant, [new TextReasoningContent("Told."), new TextContent("Noon.")]),
            new(ChatRole.User, "And now?"),
        ];

        await client.GetStreamingResponseAsync(messages, options: null, token).ToChatResponseAsync(token);
        await client.GetStreamingResponseAsync(messages, options: null, token).ToChatResponseAsync(token);

        var first = service.Requests[0].Body;
        var second = first.Replace(
            "\"tool_calls\"", "\"reasoning_content\":\"The clock knows.\",\"tool_calls\"", StringComparison.Ordinal);
        Assert.That(first, Does.Not.Contain("reasoning"));
        Assert.That(service.Requests.Select(request => request.Body), Is.EqualTo(new[] { first, second, second }));
        Assert.That(
            log.Lines.Select(line => line.Text),
            Has.One.Contains("is asked with the reasoning of answers that call tools from now on"));
    }
}
