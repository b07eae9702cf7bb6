using System.Globalization;
using System.Text.RegularExpressions;
using ChatStream.Web.Providers;
using ChatStream.Web.Providers.Deployments;
using ChatStream.Web.Tests.Infrastructure;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Logging;
using NUnit.Framework;

namespace ChatStream.Web.Tests.Providers.ChatCompletions;

/// <summary>The client under test, and its updates as text that can be compared.</summary>
internal static partial class TestModel
{
    public const string Host = "secret-resource.example.com";
    public const string Key = "secret-key-0123456789";

    public static DeploymentOptions Deployment { get; } =
        new() { Endpoint = $"https://{Host}/", Deployment = "gpt-4o", ApiKey = Key };

    public static ChatMessage[] Hello { get; } = [new(ChatRole.User, "Hello")];

    public static DeploymentClient Behind(
        HttpMessageHandler service, DeploymentOptions? deployment = null, TimeProvider? time = null,
        ModelTimeouts? timeouts = null, LogCapture? log = null) =>
        new(new DeploymentEndpoint(deployment ?? Deployment, service), timeouts ?? new(),
            time ?? TimeProvider.System, new Logger<DeploymentClient>(new LoggerFactory(log is null ? [] : [log])));

    /// <summary>All updates as text, empty ones as <c>-</c>.</summary>
    public static async Task<List<string>> UpdatesAsync(this IChatClient client, CancellationToken? cancellationToken = null)
    {
        var updates = new List<string>();
        var token = cancellationToken ?? TestContext.CurrentContext.CancellationToken;
        await foreach (var update in client.GetStreamingResponseAsync(Hello, options: null, token))
            updates.Add(Describe(update));
        return Joined(updates);
    }

    /// <summary>
    /// Joins updates of text that follow each other. Text that arrives together may be one update, and how the network cuts it is
    /// chance.
    /// </summary>
    public static List<string> Joined(IEnumerable<string> updates)
    {
        var joined = new List<string>();
        foreach (var update in updates)
        {
            if (joined.Count > 0
                && Text().Match(joined[^1]) is { Success: true } before && Text().Match(update) is { Success: true } next
                && before.Groups["ids"].Value == next.Groups["ids"].Value)
                joined[^1] = $"text '{before.Groups["text"].Value}{next.Groups["text"].Value}'{next.Groups["ids"].Value}";
            else
                joined.Add(update);
        }
        return joined;
    }

    [GeneratedRegex(
        "^text '(?<text>.*)'(?<ids>(, id [^ ]*)?(, model [^ ]*)?)$", RegexOptions.Singleline | RegexOptions.ExplicitCapture)]
    private static partial Regex Text();

    /// <summary>The updates up to the failure, and the failure.</summary>
    public static async Task<(List<string> Updates, ModelException Failure)> FailureAsync(this IChatClient client)
    {
        var updates = new List<string>();
        var token = TestContext.CurrentContext.CancellationToken;
        try
        {
            await foreach (var update in client.GetStreamingResponseAsync(Hello, options: null, token))
                updates.Add(Describe(update));
        }
        catch (ModelException failure)
        {
            Assert.That(failure.Message, Does.Not.Contain("secret").IgnoreCase, "no host, key or upstream text");
            return (Joined(updates), failure);
        }
        throw new AssertionException($"There was no failure: {string.Join(" | ", updates)}");
    }

    public static string Describe(ChatResponseUpdate update)
    {
        var parts = update.Contents.Select(Describe).ToList();
        if (update.FinishReason is { } reason)
            parts.Add($"finish {reason}");
        if (update.ResponseId is { } id)
            parts.Add($"id {id}");
        if (update.ModelId is { } model)
            parts.Add($"model {model}");
        Assert.That(update.Role, Is.EqualTo(ChatRole.Assistant));
        return parts.Count == 0 ? "-" : string.Join(", ", parts);
    }

    public static string Describe(AIContent content) => content switch
    {
        TextContent text => $"text '{text.Text}'",
        TextReasoningContent reasoning => $"reasoning '{reasoning.Text}'",
        UsageContent { Details: var usage } => string.Create(CultureInfo.InvariantCulture,
            $"usage {usage.InputTokenCount}+{usage.OutputTokenCount}={usage.TotalTokenCount}"
            + $" reasoning {usage.ReasoningTokenCount} cached {usage.CachedInputTokenCount}"),
        ErrorContent error => $"error {error.ErrorCode} '{error.Message}'",
        _ => content.GetType().Name,
    };
}
