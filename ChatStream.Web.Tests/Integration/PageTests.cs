using System.Net;
using ChatStream.Web.Tests.Infrastructure;
using Microsoft.Extensions.DependencyInjection;
using NUnit.Framework;

namespace ChatStream.Web.Tests.Integration;

/// <summary>The page as the server renders it: policy, language, theme, and days in the user's time zone.</summary>
internal sealed class PageTests : AppTest
{
    private readonly WatchedTime _time = new();

    protected override void Configure(ChatApp.Setup setup) => setup.Services = services =>
        services.AddSingleton<TimeProvider>(_time);

    [TestCase("/", "highlighter")]
    [TestCase("/chat/AAAAAAAAAAAAAAAA", "highlighter")]
    [TestCase("/nowhere", "'none'")]
    [TestCase("/models", "'none'")]
    [TestCase("/dist/highlighter.js", "'none'")]
    public async Task The_policy_forbids_foreign_sources_and_scripts_made_of_strings(string path, string trusted)
    {
        // The chat page has a frame that draws diagrams, and shows its drawings.
        string[] images = trusted == "highlighter" ? ["img-src 'self' blob:", "frame-src 'self'"] : ["img-src 'self'"];
        using var response = await User.Http.GetAsync(path, Token);

        Assert.That(response.Headers.GetValues("Content-Security-Policy").Single().Split("; "), Is.EquivalentTo(new[]
        {
            "default-src 'none'", "script-src 'self'", "style-src 'self'", "font-src 'self'",
                "connect-src 'self'",
            "form-action 'self'", "base-uri 'none'", "frame-ancestors 'none'", "require-trusted-types-for 'script'",
                $"trusted-types {trusted}",
        }.Concat(images)));
    }

    [Test]
    public async Task The_frame_of_diagrams_has_no_origin_and_loads_only_its_script()
    {
        using var response = await User.Http.GetAsync("/diagram", Token);

        Assert.That(response.Headers.GetValues("Content-Security-Policy").Single().Split("; "), Is.EquivalentTo(new[]
        {
            "default-src 'none'", "script-src 'self'", "style-src 'unsafe-inline'", "form-action 'none'", "base-uri 'none'",
            "frame-ancestors 'self'", "sandbox allow-scripts",
        }));
    }

    [TestCase("zh-CN,zh;q=0.9,en;q=0.8", "zh-Hans")]
    [TestCase("fr-FR,zh;q=0.5", "zh-Hans")]
    [TestCase("en-GB,zh;q=0.5", "en")]
    [TestCase("de-AT,en;q=0.8", "de")]
    [TestCase("de", "de")]
    [TestCase("fr-FR", "en")]
    [TestCase(null, "en")]
    public async Task The_language_is_the_best_of_those_asked_for(string? accepted, string tag)
    {
        Assert.That(
            await PageAsync(accepted),
            Does.Contain($"<html lang=\"{tag}\"").And.Contain(tag switch
            {
                "en" => "Write a message",
                "de" => "Nachricht schreiben",
                _ => "输入消息",
            }));
    }

    [Test]
    public async Task Programs_get_English_in_every_language()
    {
        using var request = ChatClient.Post(new { message = " " });
        request.Headers.Add("Accept-Language", "zh-CN");
        using var response = await User.Http.SendAsync(request, Token);

        Assert.That((int)response.StatusCode, Is.EqualTo(400));
        Assert.That(await response.Content.ReadAsStringAsync(Token),
            Does.Contain("\"detail\":\"The message is empty.\"").And.Contain("\"code\":\"message_empty\"")
                .And.Not.Contain("numbers"));
    }

    [Test]
    public async Task A_preference_is_remembered_and_leads_back_to_its_page()
    {
        using var response = await PreferAsync(("theme", "dark"), ("language", "zh"));

        Assert.That((int)response.StatusCode, Is.EqualTo(303));
        Assert.That(response.Headers.Location!.OriginalString, Is.EqualTo("/chat/somewhere?x=1"));
        Assert.That(await PageAsync(null), Does.Contain("<html lang=\"zh-Hans\" data-theme=\"dark\""));
    }

    [Test]
    public async Task An_unknown_preference_changes_nothing()
    {
        using var response = await PreferAsync(("theme", "\"><script>"), ("language", "xx"));

        Assert.That((int)response.StatusCode, Is.EqualTo(303));
        Assert.That(
            response.Headers.Contains("Set-Cookie") ? string.Join(' ', response.Headers.GetValues("Set-Cookie")) : "",
            Does.Not.Contain("theme").And.Not.Contain("language"));
        Assert.That(await PageAsync(null), Does.Contain("<html lang=\"en\" data-theme=\"auto\""));
    }

    [TestCase(null, "today")]
    [TestCase("America/New_York", "yesterday")]
    [TestCase("No/Where", "today")]
    public async Task A_conversation_is_listed_under_the_day_in_the_users_time_zone(string? zone, string day)
    {
        // The clock starts at midnight UTC.
        var midnight = _time.GetUtcNow().Date.AddDays(1);
        _time.Advance(midnight - _time.GetUtcNow().DateTime);
        await User.AskAsync("Hello");
        _time.Advance(TimeSpan.FromHours(6));
        if (zone is not null)
            User.Cookies.Add(App.Address, new Cookie("chatstream.zone", Uri.EscapeDataString(zone)));

        Assert.That(await PageAsync(null), Does.Contain($"data-day=\"{day}\""));
    }

    private async Task<string> PageAsync(string? accepted)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/");
        if (accepted is not null)
            request.Headers.Add("Accept-Language", accepted);
        using var response = await User.Http.SendAsync(request, Token);
        return await response.Content.ReadAsStringAsync(Token);
    }

    private Task<HttpResponseMessage> PreferAsync(params (string Name, string Value)[] fields)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, "/preferences")
        {
            Content = new FormUrlEncodedContent(fields.Select(field => KeyValuePair.Create(field.Name, field.Value))),
        };
        request.Headers.Referrer = new Uri(App.Address, "/chat/somewhere?x=1");
        return User.Http.SendAsync(request, Token);
    }
}
