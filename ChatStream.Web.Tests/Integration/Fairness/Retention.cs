using System.Net;
using System.Text.Json;
using ChatStream.Web.Tests.Infrastructure;

namespace ChatStream.Web.Tests.Integration.Fairness;

/// <summary>The process removes large old conversations from its start on. Their owner watches them go.</summary>
internal sealed class Retention(FairnessApp app, ChatClient user) : Disturbance(app, user)
{
    public static async Task StoreOldAsync(ChatClient owner, CancellationToken timeout)
    {
        var body =
            BigConversation.Body(FairnessApp.Old, Amounts.RetainedMessages, 200 * Amounts.RetainedMessages);
        for (var i = 0; i < Amounts.Retained; i++)
            await BigConversation.ImportAsync(owner, body, timeout);
    }

    public override async Task RunAsync(CancellationToken timeout)
    {
        while (await LeftAsync(timeout) > 0)
            await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System, timeout);
        Count(HttpStatusCode.Gone);
    }

    private async Task<int> LeftAsync(CancellationToken timeout)
    {
        using var list = JsonDocument.Parse(await User.Http.GetStringAsync("/conversations?limit=1", timeout));
        return list.RootElement.GetProperty("conversations").GetArrayLength();
    }
}
