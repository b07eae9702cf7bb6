using System.Net;
using System.Text.Json;
using ChatStream.Web.Tests.Infrastructure;

namespace ChatStream.Web.Tests.Integration.BadDay;

/// <summary>Asks, once everything works again, whether every promise of the day was kept.</summary>
internal sealed class Judge(BadDayApp app, Ledger ledger, CancellationToken timeout)
{
    /// <summary>An orphan ends within 10 s. The rest is for a machine with other work.</summary>
    private static readonly TimeSpan MostUntilEnded = TimeSpan.FromSeconds(60);

    /// <summary>Azure's stream opens with two events that have no word.</summary>
    private const int EventsBeforeWords = 2;

    private const int AtOnce = 16;

    public async Task JudgeAsync()
    {
        using var anyone = new ChatClient(app.Address);
        await UntilAsync("/health/ready is not 200", async () => await StatusAsync(anyone, "/health/ready") == HttpStatusCode.OK);
        var kept = ledger.Starts.Where(IsKept).ToList();
        await AllAsync(kept, JudgeAnswersAsync);
        await AllAsync(kept.GroupBy(start => start.ConversationId), JudgeConversationAsync);
        await AllAsync(ledger.Imported, async imported =>
        {
            if (await StatusAsync(imported.Value, $"/conversations/{imported.Key}") != HttpStatusCode.OK)
                Break($"The imported conversation {imported.Key} is missing", "missing");
        });
        JudgeUpstream();
    }

    private async Task JudgeAnswersAsync(AskedStart start)
    {
        ledger.Count("starts acknowledged");
        for (var i = 0; i < start.GenerationIds.Count; i++)
            await JudgeAnswerAsync(start, start.GenerationIds[i], isLast: i == start.GenerationIds.Count - 1);
    }

    private async Task JudgeAnswerAsync(AskedStart start, string generationId, bool isLast)
    {
        JsonElement answer = default;
        var found = await UntilAsync($"{start.Message}: the answer still runs, or is gone", async () =>
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, $"/chat/stream/{generationId}")
            {
                Headers = { { "Accept", "application/json" } },
            };
            using var response = await start.User.Http.SendAsync(request, timeout);
            answer = JsonDocument.Parse(await response.Content.ReadAsStringAsync(timeout)).RootElement.Clone();
            return answer.TryGetProperty("state", out var state) && state.GetString() == "ended";
        });
        if (!found)
        {
            ledger.Count("blocked");
            return;
        }
        var (text, reason) = (answer.GetProperty("text").GetString()!, answer.GetProperty("finishReason").GetString()!);
        ledger.Count($"ended {reason}");
        if (!start.WholeText.StartsWith(text, StringComparison.Ordinal))
            Break($"{start.Message}: the stored text is not the beginning of what the model said", "lost");
        if (reason == "completed" && text != start.WholeText)
            Break($"{start.Message}: completed with {text.Length} of {start.WholeText.Length} characters", "lost");
        if (app.Committed.TryGetValue(generationId, out var committed) && text.Length < committed)
            Break($"{start.Message}: {committed} characters were committed, and {text.Length} are there", "lost");
        if (!isLast && (reason, text) is not ("failed", ""))
            Break($"{start.Message}: answered again although its first answer is {reason} with text", "doubled");
        if (isLast && start.ToldEnds.Contains("completed") && reason != "completed")
            Break($"{start.Message}: a reader was told completed, and {reason} is stored", "lost");
        // A reader is told failed when the end cannot be stored. If the process then dies, the stored end is interrupted.
        start.ToldEnds.ExceptWith(["failed", reason]);
        if (isLast && start.ToldEnds.Count > 0)
            Break(
                $"{start.Message}: readers were told {string.Join(", ", start.ToldEnds)}, and {reason} is stored", "ended twice");
    }

    private async Task JudgeConversationAsync(IGrouping<string, AskedStart> starts)
    {
        var user = starts.First().User;
        using var found = await user.Http.GetAsync(Relative($"/conversations/{starts.Key}"), timeout);
        var tree = await found.Content.ReadAsStringAsync(timeout);
        if (tree.Contains("\"state\":\"running\"", StringComparison.Ordinal))
            Break($"Conversation {starts.Key} has an answer that runs", "blocked");
        foreach (var start in starts.Where(start => !tree.Contains($"\"{start.Message}\"", StringComparison.Ordinal)))
            Break($"{start.Message}: the message is missing in its conversation", "missing");
        using var request = ChatClient.Post(
            new { message = BadDayAnswer.After(starts.First().Message), conversationId = starts.Key }, "application/json");
        using var response = await user.Http.SendAsync(request, timeout);
        if (response.StatusCode != HttpStatusCode.OK)
            Break(
                $"Conversation {starts.Key} takes no start: {await response.Content.ReadAsStringAsync(timeout)}", "blocked");
    }

    private void JudgeUpstream()
    {
        foreach (var requests in app.Emulator.Requests.GroupBy(BadDayApp.MessageOf))
        {
            ledger.Count("asked the model again", requests.Count() - 1);
            if (requests.Count(request => request.EventsWritten > EventsBeforeWords) > 1)
                Break($"{requests.Key}: {requests.Count()} requests to the model brought words", "doubled");
        }
    }

    private bool IsKept(AskedStart start) => start.GenerationIds.Count > 0 && !ledger.Deleted.ContainsKey(start.ConversationId);

    private void Break(string promise, string kind)
    {
        ledger.Broken.Add(promise);
        ledger.Count(kind);
    }

    private async Task<bool> UntilAsync(string otherwise, Func<Task<bool>> isSo)
    {
        var since = TimeProvider.System.GetTimestamp();
        while (!await isSo())
        {
            if (TimeProvider.System.GetElapsedTime(since) > MostUntilEnded)
            {
                ledger.Broken.Add(otherwise);
                return false;
            }
            await Task.Delay(TimeSpan.FromMilliseconds(200), TimeProvider.System, timeout);
        }
        return true;
    }

    private async Task<HttpStatusCode> StatusAsync(ChatClient user, string path)
    {
        using var response = await user.Http.GetAsync(path, timeout);
        return response.StatusCode;
    }

    private Task AllAsync<T>(IEnumerable<T> all, Func<T, Task> judge) => Parallel.ForEachAsync(
        all, new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = timeout },
        async (one, _) => await judge(one));

    private static Uri Relative(string path) => new(path, UriKind.Relative);
}
