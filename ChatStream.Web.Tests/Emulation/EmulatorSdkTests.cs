using System.ClientModel;
using System.ClientModel.Primitives;
using Azure.AI.OpenAI;
using ChatStream.Emulator;
using NUnit.Framework;
using OpenAI.Chat;

namespace ChatStream.Web.Tests.Emulation;

/// <summary>The real SDK reads the emulator's answers as Azure's.</summary>
internal sealed class EmulatorSdkTests : EmulatorTest
{
    private ChatClient Chat => new AzureOpenAIClient(Emulator.Endpoint, new ApiKeyCredential("K"), new AzureOpenAIClientOptions
    {
        RetryPolicy = new ClientRetryPolicy(0),
    }).GetChatClient("gpt-4o");

    [Test]
    public async Task The_sdk_reads_a_streamed_answer()
    {
        Emulator.Enqueue(Script.Answer("Hel", "lö ", "😀"));

        var text = "";
        await foreach (var update in Chat.CompleteChatStreamingAsync([new UserChatMessage("Hello")], cancellationToken: Token))
        {
            text += string.Concat(update.ContentUpdate.Select(part => part.Text));
        }

        Assert.That(text, Is.EqualTo("Hellö 😀"));
        Assert.That(Emulator.Requests[0].Headers["api-key"], Is.EqualTo("K"));
    }

    [Test]
    public async Task The_sdk_reads_a_whole_completion()
    {
        Emulator.Enqueue(Script.Answer("Hel", "lo"));

        ChatCompletion completion = await Chat.CompleteChatAsync([new UserChatMessage("Hello")], cancellationToken: Token);

        Assert.That(completion.Content[0].Text, Is.EqualTo("Hello"));
        Assert.That(completion.Usage.TotalTokenCount, Is.EqualTo(14));
    }

    [Test]
    public void The_sdk_reads_a_refusal()
    {
        Emulator.Enqueue(AzureErrors.PromptFiltered());

        var failure = Assert.ThrowsAsync<ClientResultException>(() => Chat.CompleteChatAsync([new UserChatMessage("Hello")]));

        Assert.That(failure!.Status, Is.EqualTo(400));
        Assert.That(failure.Message, Does.StartWith("HTTP 400 (content_filter)"));
    }
}
