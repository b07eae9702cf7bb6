using System.Net;
using System.Text.Json;
using NUnit.Framework;

namespace ChatStream.Web.Tests.Emulation;

/// <summary>A value of the wrong kind is refused in the service's words, wherever it stands.</summary>
internal sealed class EmulatorTypeTests : EmulatorTest
{
    private const string Chat = "openai/v1/chat/completions";
    private const string Responses = "openai/v1/responses";

    private static readonly string[] Values =
        ["null", "true", "1", "0.5", "\"x\"", "\"\"", "[]", "[null]", "[1]", "[\"x\"]", "[[]]", "[{}]", "{}", "{\"a\":1}",
        "[{\"type\":1}]", "[{\"type\":\"function\"}]", "[{\"type\":\"function\",\"function\":1}]",
        "[{\"type\":\"function\",\"function\":{\"name\":1,\"parameters\":1}}]", "[{\"tool_calls\":null}]",
        "[{\"tool_calls\":[1]}]", "[{\"tool_calls\":[{\"id\":1}]}]", "[{\"role\":1,\"content\":1}]",
        "[{\"content\":[1]}]", "[{\"content\":[{\"type\":\"image_url\",\"image_url\":1}]}]",
        "[{\"type\":\"reasoning\",\"id\":1}]",
        "{\"effort\":1}", "{\"verbosity\":[]}", "{\"include_usage\":1}", "\"\\ud800\"", "{\"\\ud800\":1}"];

    private static readonly string[] OfChat =
        ["model", "messages", "stream", "stream_options", "max_tokens", "max_completion_tokens", "temperature",
        "reasoning_effort", "verbosity", "tools", "tool_choice", "stop", "seed", "user", "service_tier", "prompt_cache_key"];

    private static readonly string[] OfResponses =
        ["model", "input", "stream", "max_output_tokens", "reasoning", "text", "include", "store", "background", "tools",
        "instructions", "temperature"];

    [TestCase("gpt-5.1")]
    [TestCase("gpt-4o")]
    [TestCase("Mistral-small")]
    [TestCase("a-model-of-no-family")]
    public async Task Whatever_stands_there_the_service_answers_or_refuses(string model)
    {
        foreach (var (path, name) in OfChat.Select(name => (Chat, name)).Concat(OfResponses.Select(name => (Responses, name))))
        {
            foreach (var value in Values)
            {
                var body = BodyWith(path, model, name, value);
                using var content = new StringContent(body);
                using var response = await Client.PostAsync(path, content, Token);

                var answer = await response.Content.ReadAsStringAsync(Token);
                Assert.That((int)response.StatusCode, Is.AnyOf(200, 400, 404, 422), $"{path} {body}");
                if (response.StatusCode != HttpStatusCode.OK)
                    Assert.That(MessageOf(answer), Is.Not.Empty, $"{path} {body} {answer}");
            }
        }
    }

    [TestCase(Chat, "reasoning_effort", "1",
        "Invalid type for 'reasoning_effort': expected a string, but got an integer instead.")]
    [TestCase(Chat, "verbosity", "{}", "Invalid type for 'verbosity': expected a string, but got an object instead.")]
    [TestCase(Chat, "messages", "\"Hi\"", "Invalid type for 'messages': expected an array of objects, but got a string instead.")]
    [TestCase(Chat, "max_completion_tokens", "0.5",
        "Invalid type for 'max_completion_tokens': expected an integer, but got a decimal instead.")]
    [TestCase(Chat, "messages", "[{\"role\":\"user\",\"content\":1}]",
        "Invalid type for 'messages[0].content': expected one of a string or an array of objects, but got an integer instead.")]
    [TestCase(Chat, "tools", "[{\"type\":\"function\"}]", "Missing required parameter: 'tools[0].function'.")]
    [TestCase(Responses, "reasoning", "{\"effort\":1}",
        "Invalid type for 'reasoning.effort': expected a string, but got an integer instead.")]
    public async Task It_names_the_parameter_and_what_it_may_be(string path, string name, string value, string message)
    {
        using var content = new StringContent(BodyWith(path, "gpt-5.1", name, value));
        using var response = await Client.PostAsync(path, content, Token);

        Assert.That(response.StatusCode, Is.EqualTo(HttpStatusCode.BadRequest));
        Assert.That(MessageOf(await response.Content.ReadAsStringAsync(Token)), Is.EqualTo(message));
    }

    private static string BodyWith(string path, string model, string name, string value)
    {
        var members = new Dictionary<string, string>
        {
            ["model"] = $"\"{model}\"",
            [path == Chat ? "messages" : "input"] = "[{\"role\":\"user\",\"content\":\"Hi\"}]",
            [name] = value,
        };
        return $"{{{string.Join(',', members.Select(member => $"\"{member.Key}\":{member.Value}"))}}}";
    }

    private static string? MessageOf(string answer)
    {
        using var json = JsonDocument.Parse(answer);
        return json.RootElement.GetProperty("error").GetProperty("message").GetString();
    }
}
