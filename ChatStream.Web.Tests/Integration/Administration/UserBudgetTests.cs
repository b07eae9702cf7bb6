using System.Globalization;
using System.Net;
using ChatStream.Emulator;
using ChatStream.Web.Tests.Infrastructure;
using ChatStream.Web.Usage;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using NUnit.Framework;

namespace ChatStream.Web.Tests.Integration.Administration;

/// <summary>Budgets of users and groups: a warning at the soft limit, and no start at the hard one.</summary>
internal sealed class UserBudgetTests(DatabaseKind kind) : HeaderSignInTest(kind)
{
    private readonly WatchedTime _time = new();

    private DateTimeOffset Now => _time.GetUtcNow();

    private DateTimeOffset Tomorrow => new(Now.UtcDateTime.Date.AddDays(1), TimeSpan.Zero);

    protected override void Configure(ChatApp.Setup setup)
    {
        base.Configure(setup);
        setup.Services = services => services.AddSingleton<TimeProvider>(_time);
        setup.Settings["AzureOpenAI:Price:Currency"] = "USD";
        setup.Settings["AzureOpenAI:Price:Input"] = "2.5";
        setup.Settings["AzureOpenAI:Price:Output"] = "10";
        Add(setup, 0, "Daily answers", "light", of: "Answers", per: "Day", soft: "1", hard: "2");
        Add(setup, 1, "研究", "lab", of: "Cost", per: "Month", soft: "0.004", hard: "0.009",
            ("Shared", "true"), ("Currency", "USD"));
        Add(setup, 2, "Tokens", "reader", of: "Tokens", per: "Month", soft: null, hard: "1200");
        Add(setup, 3, "Only a warning", "warned", of: "Answers", per: "Month", soft: "0", hard: null);
        Add(setup, 4, "Of the team", "team", of: "Answers", per: "Month", soft: null, hard: "2", ("Shared", "true"));
    }

    [SetUp]
    public void AnswerBriefly() =>
        Answers("Hi", Script.Start().Text("Hello").Finish("stop").Usage(1000, 200).Done());

    [Test]
    public async Task The_start_after_the_last_one_says_which_budget_and_when_it_opens_again()
    {
        using var user = Person(NewName("ada"), "light");
        using var first = await StartAsync(user);
        using var second = await StartAsync(user);
        using var third = await StartAsync(user);

        Assert.That((first.StatusCode, second.StatusCode), Is.EqualTo((HttpStatusCode.OK, HttpStatusCode.OK)));
        Assert.That(first.Headers.Contains("ChatStream-Budget"), Is.False);
        Assert.That(
            second.Headers.GetValues("ChatStream-Budget").Single(),
            Is.EqualTo("Daily%20answers; per=day; of=answers; used=1; soft=1; hard=2"));
        var opens = Tomorrow.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
        Assert.That((int)third.StatusCode, Is.EqualTo(429));
        Assert.That(
            third.Headers.RetryAfter!.Delta!.Value.TotalSeconds, Is.EqualTo(Math.Ceiling((Tomorrow - Now).TotalSeconds)));
        Assert.That(await third.Content.ReadAsStringAsync(Token), Is.EqualTo(
            """{"type":"about:blank","title":"Too Many Requests","status":429,"detail":"The budget \"Daily answers\" is used up: """
            + $"2 of 2 answers. It opens again at {opens}T00:00:00Z.\",\"code\":\"budget_of_day\",\"budget\":"
            + """{"name":"Daily answers","of":"answers","per":"day","used":2,"soft":1,"hard":2,"state":"used_up","opensAt":"""
            + $"\"{opens}T00:00:00+00:00\"}}}}"));
        Assert.That(Asked, Is.EqualTo(2));
    }

    [Test]
    public async Task A_new_day_opens_it_and_another_user_has_his_own()
    {
        using var user = Person(NewName("ada"), "light");
        using var other = Person(NewName("bob"), "light");
        for (var i = 0; i < 2; i++)
            (await StartAsync(user)).Dispose();
        Assert.That(await StatusAsync(user), Is.EqualTo(429));
        Assert.That(await StatusAsync(other), Is.EqualTo(200));

        _time.Advance(Tomorrow - Now);

        Assert.That(await StatusAsync(user), Is.EqualTo(200));
    }

    [Test]
    public async Task To_erase_everything_does_not_open_it()
    {
        using var user = Person(NewName("ada"), "light");
        for (var i = 0; i < 2; i++)
            (await StartAsync(user)).Dispose();

        using var erased = await user.Http.DeleteAsync("/account", Token);

        Assert.That(erased.StatusCode, Is.EqualTo(HttpStatusCode.NoContent));
        Assert.That(await StatusAsync(user), Is.EqualTo(429));
    }

    [Test]
    public async Task To_erase_everything_does_not_open_the_budget_of_a_group()
    {
        using var user = Person(NewName("ada"), "team");
        using var other = Person(NewName("bob"), "team");
        for (var i = 0; i < 2; i++)
            (await StartAsync(user)).Dispose();

        (await user.Http.DeleteAsync("/account", Token)).Dispose();
        _time.Advance(TimeSpan.FromSeconds(11));
        // The user stays away, and what is old is removed.
        await App.Services.GetServices<IHostedService>().OfType<ExpiredUsage>().Single().RemoveAsync(Token);

        Assert.That(await StatusAsync(other), Is.EqualTo(429), "the use of the one who erased everything counts");
        Assert.That(await StatusAsync(user), Is.EqualTo(429));
        Assert.That(Asked, Is.EqualTo(2));
    }

    [Test]
    public async Task An_answer_that_runs_counts_and_a_repeat_does_not()
    {
        Answers("Wait", Script.Start().Text("so far").Stall());
        using var user = Person(NewName("ada"), "light");
        await using var one = await user.StreamAsync(ChatClient.Post(new { message = "Wait" }, idempotencyKey: "k1"), Token);
        await using var two = await user.StreamAsync(ChatClient.Post(new { message = "Wait" }, idempotencyKey: "k2"), Token);
        await one.NextAsync();
        await two.NextAsync();

        Assert.That(await StatusAsync(user), Is.EqualTo(429));
        await using var repeat = await user.StreamAsync(ChatClient.Post(new { message = "Wait" }, idempotencyKey: "k1"), Token);
        await repeat.NextAsync();

        Assert.That(repeat.GenerationId, Is.EqualTo(one.GenerationId));
        await user.StopAsync(one.GenerationId);
        await user.StopAsync(two.GenerationId);
    }

    [Test]
    public async Task Tokens_count_over_a_month_for_those_in_the_group()
    {
        using var member = Person(NewName("ada"), "READER");
        using var other = Person(NewName("bob"), "others");
        Assert.That(await StatusAsync(member), Is.EqualTo(200));
        Assert.That(await StatusAsync(other), Is.EqualTo(200));

        var (refused, body) = await member.JsonAsync(ChatClient.Post(new { message = "Hi" }, "application/json"));

        Assert.That((int)refused.StatusCode, Is.EqualTo(429));
        Assert.That(body.GetProperty("code").GetString(), Is.EqualTo("budget_of_month"));
        Assert.That(body.GetProperty("detail").GetString(), Does.Contain("1200 of 1200 tokens"));
        Assert.That(await StatusAsync(other), Is.EqualTo(200));
    }

    [Test]
    public async Task A_group_can_share_a_budget_which_is_added_up_every_ten_seconds()
    {
        using var ada = Person(NewName("ada"), "lab");
        using var bob = Person(NewName("bob"), "lab");
        using var first = await StartAsync(ada);
        using var second = await StartAsync(bob); // 2 × 0.0045 USD
        Assert.That(second.StatusCode, Is.EqualTo(HttpStatusCode.OK));

        _time.Advance(TimeSpan.FromSeconds(11));

        Assert.That((await StatusAsync(ada), await StatusAsync(bob)), Is.EqualTo((429, 429)));
        var (_, usage) = await bob.JsonAsync(Get("/usage"));
        Assert.That(usage.GetProperty("budgets").EnumerateArray().Single().GetRawText(), Does.StartWith(
            """{"name":"研究","of":"cost","per":"month","currency":"USD","shared":true,"used":0.009,"soft":0.004,"hard":0.009,"""));
    }

    [Test]
    public async Task The_page_of_usage_shows_budgets()
    {
        using var user = Person(NewName("ada"), "light", "reader");
        await StatusAsync(user);

        var html = await (await user.Http.SendAsync(Get("/usage", "text/html"), Token)).Content.ReadAsStringAsync(Token);
        var none = await (await Person(NewName("bob")).Http.SendAsync(Get("/usage", "text/html"), Token))
            .Content.ReadAsStringAsync(Token);

        Assert.That(html, Does.Contain("<td>1 answers</td>").And.Contain("<td>2 answers</td>").And.Contain("Mostly used"));
        Assert.That(html, Does.Contain("<td>1,200 tokens</td>").And.Contain("Used up").And.Contain("per month"));
        Assert.That(none, Does.Not.Contain("id=\"budgets\""));
    }

    [Test]
    public async Task A_sent_form_comes_back_with_words_and_the_text()
    {
        using var user = Person(NewName("ada"), "light");
        for (var i = 0; i < 2; i++)
            (await StartAsync(user)).Dispose();
        using var form = new HttpRequestMessage(HttpMethod.Post, "/chat")
        {
            Content = new FormUrlEncodedContent([new("message", "My words")]),
            Headers = { { "Accept", "text/html" }, { "Accept-Language", "zh" } },
        };
        using var response = await user.Http.SendAsync(form, Token);
        var html = await response.Content.ReadAsStringAsync(Token);

        Assert.That((int)response.StatusCode, Is.EqualTo(429));
        Assert.That(response.Headers.RetryAfter, Is.Not.Null);
        Assert.That(html, Does.Contain("今天的预算已用完。").And.Contain("My words"));
    }

    [Test]
    public async Task The_page_warns_once_of_each_state()
    {
        using var user = Person(NewName("ada"), "light");
        Assert.That(await PageAsync(user), Does.Contain("id=\"budget\" class=\"budget\" role=\"status\" hidden"));
        await StatusAsync(user);

        Assert.That(await PageAsync(user), Does.Contain("Most of the budget “Daily answers” for today is used."));
        Assert.That(await PageAsync(user), Does.Not.Contain("Most of the budget “Daily answers” for today is used."));
        await StatusAsync(user);
        Assert.That(await PageAsync(user), Does.Contain("<span>The budget for today is used up."));
        Assert.That(await PageAsync(user), Does.Not.Contain("<span>The budget for today is used up."));
    }

    [Test]
    public async Task A_budget_without_an_end_only_warns()
    {
        using var user = Person(NewName("ada"), "warned");
        using var start = await StartAsync(user);

        Assert.That(start.StatusCode, Is.EqualTo(HttpStatusCode.OK));
        Assert.That(start.Headers.GetValues("ChatStream-Budget").Single(),
            Is.EqualTo("Only%20a%20warning; per=month; of=answers; used=0; soft=0"));
    }

    private async Task<string> PageAsync(ChatClient user)
    {
        using var page = await user.Http.SendAsync(Get("/", "text/html"), Token);
        return WebUtility.HtmlDecode(await page.Content.ReadAsStringAsync(Token));
    }

    private static Task<HttpResponseMessage> StartAsync(ChatClient user) =>
        user.Http.SendAsync(ChatClient.Post(new { message = "Hi" }, "application/json"), Token);

    private static async Task<int> StatusAsync(ChatClient user)
    {
        using var response = await StartAsync(user);
        return (int)response.StatusCode;
    }

    private static void Add(
        ChatApp.Setup setup, int number, string name, string group, string of, string per, string? soft, string? hard,
        params (string Key, string Value)[] others)
    {
        (string Key, string? Value)[] all =
            [("Name", name), ("Group", group), ("Of", of), ("Per", per), ("Soft", soft), ("Hard", hard)];
        foreach (var (key, value) in all.Concat(others.Select(other => (other.Key, (string?)other.Value))))
        {
            if (value is not null)
                setup.Settings[$"Budgets:{number}:{key}"] = value;
        }
    }
}
