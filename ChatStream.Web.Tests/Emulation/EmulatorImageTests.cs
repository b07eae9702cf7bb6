using System.Net;
using System.Text.Json;
using ChatStream.Web.Tests.Files;
using NUnit.Framework;

namespace ChatStream.Web.Tests.Emulation;

/// <summary>The emulator takes images as the service does, in both interfaces, and refuses what the service refuses.</summary>
internal sealed class EmulatorImageTests : EmulatorTest
{
    private const string Responses = "openai/v1/responses";

    private const string Chat = "openai/v1/chat/completions";

    private static readonly string Image = $"data:image/png;base64,{Convert.ToBase64String(Pictures.Png())}";

    private static IEnumerable<TestCaseData> Cases()
    {
        static TestCaseData Case(string what, string path, string model, object part, string? code) =>
            new TestCaseData(path, model, part, code).SetArgDisplayNames(what);

        yield return Case("a chat image", Chat, "gpt-4o", new { type = "image_url", image_url = new { url = Image } }, null);
        yield return Case("an image of Responses", Responses, "gpt-4o", new { type = "input_image", image_url = Image }, null);
        yield return Case("the other's part", Chat, "gpt-4o", new { type = "input_image", image_url = Image }, "invalid_value");
        yield return Case("the other's text", Responses, "gpt-4o", new { type = "text", text = "Hi" }, "invalid_value");
        yield return Case("no type", Chat, "gpt-4o", new { text = "Hi" }, "missing_required_parameter");
        yield return Case("a blind model", Chat, "o3-mini", new { type = "image_url", image_url = new { url = Image } }, "");
        yield return Case("no image", Chat, "gpt-4o",
            new { type = "image_url", image_url = new { url = "data:image/png;base64,PHN2Zz4=" } }, "invalid_image_format");
        yield return Case("no Base64", Responses, "gpt-4o",
            new { type = "input_image", image_url = "data:image/png;base64,?" }, "invalid_image_format");
        yield return Case("an address", Responses, "gpt-4o",
            new { type = "input_image", image_url = "https://example.org/a.png" }, "invalid_image_url");
    }

    [TestCaseSource(nameof(Cases))]
    public async Task A_part_of_a_message_is_checked(string path, string model, object part, string? code)
    {
        var message = new { role = "user", content = new[] { part } };
        using var response = await PostAsync(
            path == Chat ? (object)new { model, messages = new[] { message } } : new { model, input = new[] { message } }, path);
        var body = JsonDocument.Parse(await response.Content.ReadAsStringAsync(Token)).RootElement;

        var expected = code is null ? HttpStatusCode.OK : HttpStatusCode.BadRequest;
        Assert.That(response.StatusCode, Is.EqualTo(expected), body.GetRawText());
        if (code is { Length: > 0 })
            Assert.That(body.GetProperty("error").GetProperty("code").GetString(), Is.EqualTo(code));
    }
}
