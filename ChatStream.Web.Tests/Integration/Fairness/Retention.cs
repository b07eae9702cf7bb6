using ChatStream.Web.Tests.Infrastructure;

namespace ChatStream.Web.Tests.Integration.Fairness;

/// <summary>
/// Many large conversations expire at once. The process looks for them once an hour, so here their owner deletes them all: what
/// both take away is removed by the same code.
/// </summary>
internal sealed class Retention(FairnessApp app, ChatClient user) : Disturbance(app, user)
{
    private const string Old = "Old";

    private readonly List<string> _old = [];

    public override async Task PrepareAsync(CancellationToken timeout)
    {
        var body = BigConversation.Body(Old, Amounts.RetainedMessages, 200 * Amounts.RetainedMessages);
        for (var i = 0; i < Amounts.Retained; i++)
            _old.Add((await BigConversation.ImportAsync(User, body, timeout)).Id);
    }

    public override async Task RunAsync(CancellationToken timeout)
    {
        await SendAsync(
            _old.Count, _old.Count, n => new HttpRequestMessage(HttpMethod.Delete, $"/conversations/{_old[n]}"), timeout);
        await UntilRemovedAsync(Old, timeout);
    }
}
