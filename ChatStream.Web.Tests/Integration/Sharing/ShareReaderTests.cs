using System.Net.Http.Json;
using System.Text.Json;
using ChatStream.Web.Contract;
using ChatStream.Web.Tests.Infrastructure;
using NUnit.Framework;

namespace ChatStream.Web.Tests.Integration.Sharing;

/// <summary>Where users sign in, the setting says whether readers must too.</summary>
[TestFixture(ShareReaders.SignedIn)]
[TestFixture(ShareReaders.Anyone)]
[TestFixture(ShareReaders.Off)]
internal sealed class ShareReaderTests(ShareReaders who) : AppTest
{
    protected override void Configure(ChatApp.Setup setup)
    {
        setup.Settings["SignIn:Kind"] = "Header";
        setup.Settings["SignIn:Header:From:0"] = "127.0.0.0/8";
        setup.Settings["SignIn:Header:From:1"] = "::1";
        setup.Settings["SignIn:Admins:0"] = "root";
        setup.Settings["Sharing:Who"] = $"{who}";
    }

    [Test]
    public async Task A_share_is_read_by_those_whom_the_setting_lets_in_and_names_nobody()
    {
        var name = NewName("ada");
        using var user = Person(name);
        var conversation = (await user.AskAsync("Hello")).GetProperty("conversationId").GetString()!;
        var (response, body) = await user.JsonAsync(new HttpRequestMessage(
            HttpMethod.Post, $"/conversations/{conversation}/share")
        {
            Content = JsonContent.Create(new { }),
        });
        if (who == ShareReaders.Off)
        {
            Assert.That(((int)response.StatusCode, body.GetProperty("code").GetString()), Is.EqualTo((403, "sharing_off")));
            return;
        }
        var path = body.GetProperty("path").GetString()!;
        using var other = Person(NewName("bob"));
        using var nobody = Visitor.From(App.Address);

        var read = await other.Http.GetStringAsync(path, Token);
        Assert.That(read, Does.Contain("Hello").And.Not.Contain(name));
        using var unknown = await nobody.GetAsync(path, Token);
        Assert.That((int)unknown.StatusCode, Is.EqualTo(who == ShareReaders.Anyone ? 200 : 401));
        using var list = await nobody.GetAsync("/shares", Token);
        Assert.That((int)list.StatusCode, Is.EqualTo(401));

        using var admin = Person("root");
        var (_, audit) = await admin.JsonAsync(new HttpRequestMessage(HttpMethod.Get, "/admin/audit"));
        var entry = audit.GetProperty("entries").EnumerateArray().First(one => one.GetProperty("user").GetString() == name);
        Assert.That(
            (entry.GetProperty("action").GetString(), entry.GetProperty("subject").GetString()),
            Is.EqualTo(("conversation_shared", conversation)));
        Assert.That(audit.GetRawText(), Does.Not.Contain(path.Split('/')[^1]));
    }

    [Test]
    public async Task An_administrator_reads_feedback_without_users_and_texts()
    {
        var name = NewName("ada");
        using var user = Person(name);
        var answer = await user.AskAsync("A private question");
        var address = $"/conversations/{Text(answer, "conversationId")}/feedback/{Text(answer, "messageId")}";
        var (response, kept) = await user.JsonAsync(new HttpRequestMessage(HttpMethod.Put, address)
        {
            Content = JsonContent.Create(new { rating = "down", reason = "wrong", comment = $"=1+1 \"{name[..3]}\"" }),
        });
        Assert.That((int)response.StatusCode, Is.EqualTo(200), kept.ToString());
        using var admin = Person("root");

        var (_, page) = await admin.JsonAsync(new HttpRequestMessage(HttpMethod.Get, "/admin/feedback"));
        using var table = await admin.Http.GetAsync("/admin/feedback?format=csv", Token);
        var csv = await table.Content.ReadAsStringAsync(Token);
        using var refused = await user.Http.GetAsync("/admin/feedback", Token);
        using var forged = await admin.Http.GetAsync("/admin/feedback?before=x", Token);

        Assert.That(
            page.GetProperty("entries")[0].GetRawText(),
            Does.Contain("\"model\":\"gpt-4o\"").And.Contain("\"reason\":\"wrong\""));
        Assert.That(page.GetRawText() + csv, Does.Not.Contain("private").And.Not.Contain(name));
        Assert.That(
            csv, Does.Contain("down,wrong,\"'=1+1 \"\"")
                .And.StartWith("\ufeffat,model,deployment,rating,reason,comment\r\n"));
        Assert.That(table.Content.Headers.ContentDisposition!.FileName, Is.EqualTo("feedback.csv"));
        Assert.That(((int)refused.StatusCode, (int)forged.StatusCode), Is.EqualTo((403, 400)));
        var (_, tree) = await user.JsonAsync(new HttpRequestMessage(
            HttpMethod.Get, $"/conversations/{Text(answer, "conversationId")}/export?format=json"));
        Assert.That(Text(tree.GetProperty("messages")[1].GetProperty("feedback"), "rating"), Is.EqualTo("down"));
        using var imported = await user.Http.PostAsync(
            "/conversations/import", JsonContent.Create(tree), Token);
        Assert.That((int)imported.StatusCode, Is.EqualTo(201), "an export with feedback is imported");
        Assert.That(await imported.Content.ReadAsStringAsync(Token), Does.Not.Contain("\"feedback\"").And.Contain("\"endedAt\""));
    }

    private ChatClient Person(string name)
    {
        var person = App.NewUser();
        person.Http.DefaultRequestHeaders.Add("X-Forwarded-User", name);
        return person;
    }

    private static string NewName(string name) => $"{name}-{Guid.NewGuid():N}";

    private static string Text(JsonElement element, string name) => element.GetProperty(name).GetString()!;
}
