using System.Net;
using ChatStream.Web.Tests.Infrastructure;

namespace ChatStream.Web.Tests.Integration.Fairness;

/// <summary>
/// Many large conversations expire at once. Where the process does not look for them when it starts, their owner deletes them
/// all, which the app does in the same way.
/// </summary>
internal sealed class Retention(FairnessApp app, ChatClient user) : Disturbance(app, user)
{
    private static readonly TimeSpan FirstLook = TimeSpan.FromSeconds(1);

    private List<string> _old = [];

    /// <summary>Stores conversations that are old when the app starts again.</summary>
    public override async Task PrepareAsync(CancellationToken timeout)
    {
        var body = BigConversation.Body(FairnessApp.Old, Amounts.RetainedMessages, 200 * Amounts.RetainedMessages);
        var old = new List<string>();
        for (var i = 0; i < Amounts.Retained; i++)
            old.Add((await BigConversation.ImportAsync(User, body, timeout)).Id);
        _old = old;
    }

    public override async Task RunAsync(CancellationToken timeout)
    {
        await Task.Delay(FirstLook, TimeProvider.System, timeout);
        if (await App.CountAsync(FairnessApp.Old, timeout) < _old.Count)
            Count(HttpStatusCode.Gone);
        else
            await SendAsync(
                _old.Count, _old.Count, n => new HttpRequestMessage(HttpMethod.Delete, $"/conversations/{_old[n]}"), timeout);
        await UntilRemovedAsync(FairnessApp.Old, timeout);
    }
}
