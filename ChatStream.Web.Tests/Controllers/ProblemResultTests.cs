using System.Text.Json;
using ChatStream.Web.Contract;
using ChatStream.Web.Controllers;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using NUnit.Framework;

namespace ChatStream.Web.Tests.Controllers;

/// <summary>The problem that a failed answer is, to a start that waited for it.</summary>
internal sealed class ProblemResultTests
{
    private static readonly DateTimeOffset End = new(2026, 5, 4, 10, 0, 0, TimeSpan.Zero);

    [TestCase(0, "20")]
    [TestCase(0.4, "20")]
    [TestCase(1, "19")]
    [TestCase(18.5, "2")]
    [TestCase(19.9, "1")]
    [TestCase(20, "")]
    [TestCase(86_400, "")]
    [TestCase(-3600, "20")]
    public async Task Retry_After_is_what_is_left_of_the_time_and_absent_once_it_is_over(double secondsSinceEnd, string expected)
    {
        var response = await WriteAsync(new FailurePayload(FailureCode.RateLimited, "Slow down.", 20), secondsSinceEnd);

        Assert.That(response.StatusCode, Is.EqualTo(429));
        Assert.That(response.Headers.RetryAfter.ToString(), Is.EqualTo(expected));
        response.Body.Position = 0;
        var body = await JsonSerializer.DeserializeAsync<JsonElement>(response.Body);
        Assert.That(body.GetProperty("failure").GetProperty("retryAfter").GetInt32(), Is.EqualTo(20), "what the service said");
        Assert.That(body.TryGetProperty("endedAt", out _), Is.False);
    }

    [Test]
    public async Task A_failure_without_a_time_has_no_Retry_After() => Assert.That(
        (await WriteAsync(new FailurePayload(FailureCode.ModelTimeout, "Silence."), 0)).Headers.RetryAfter.ToString(), Is.Empty);

    private static async Task<HttpResponse> WriteAsync(FailurePayload failure, double secondsSinceEnd)
    {
        var http = new DefaultHttpContext { Response = { Body = new MemoryStream() } };
        var answer = new Answer
        {
            GenerationId = "gggggggggggggggg",
            ConversationId = "cccccccccccccccc",
            MessageId = "gggggggggggggggg",
            Model = "gpt-4o",
            State = AnswerState.Ended,
            Text = "So far",
            FinishReason = FinishReason.Failed,
            Failure = failure,
            EndedAt = End,
        };
        await ProblemResult.Of(answer, failure, End + TimeSpan.FromSeconds(secondsSinceEnd))
            .ExecuteResultAsync(new ActionContext { HttpContext = http });
        return http.Response;
    }
}
