using System.Globalization;
using ChatStream.Emulator;
using ChatStream.Web.Tests.Infrastructure;
using NUnit.Framework;

namespace ChatStream.Web.Tests.Integration;

internal sealed class ModelFaultTests : AppTest
{
    protected override void Configure(ChatApp.Setup setup)
    {
        setup.Settings["Models:0:Name"] = "gone";
        setup.Settings["Models:0:Deployments:0:Endpoint"] = EmulatorServer.RefusingEndpoint().ToString();
        setup.Settings["Models:0:Deployments:0:Deployment"] = "gpt-4o";
        setup.Settings["Models:0:Deployments:0:ApiKey"] = "emulator-key";
    }

    [TestCaseSource(typeof(ModelFault), nameof(ModelFault.Refusals))]
    [TestCaseSource(typeof(ModelFault), nameof(ModelFault.InMidAnswer))]
    [TestCaseSource(typeof(ModelFault), nameof(ModelFault.Harmless))]
    public async Task A_stream_keeps_the_text_and_ends_once_with_its_code(ModelFault fault)
    {
        Answers("Hi", fault.Script);

        await using var stream = await User.StreamAsync(ChatClient.Post(new { message = "Hi", model = fault.Model }), Token);
        await stream.ToEndAsync();

        Assert.Multiple(() =>
        {
            Assert.That(stream.Text, Is.EqualTo(fault.Text));
            Assert.That(stream.Frames.Where(frame => frame.Event == "failure").Select(frame => frame.Data),
                Is.EqualTo(fault.Failure is null ? [] : new[] { fault.Failure }));
            Assert.That(stream.Frames.Where(frame => frame.Event == "finish").Select(frame => frame.Data),
                Is.EqualTo(new[] { $$"""{"reason":"{{fault.Reason}}"}""" }));
            Assert.That(stream.Frames.Count(frame => frame.Event == "stop"), Is.EqualTo(1));
            Assert.That(stream.Frames.TakeLast(fault.Failure is null ? 2 : 3).Select(frame => frame.Event),
                Is.EqualTo(fault.Failure is null ? new[] { "finish", "stop" } : ["failure", "finish", "stop"]));
            Assert.That(stream.Frames.Select(frame => frame.Number),
                Is.EqualTo(Enumerable.Range(0, stream.Frames.Count).Select(n => n.ToString(CultureInfo.InvariantCulture))));
        });
    }

    [TestCaseSource(typeof(ModelFault), nameof(ModelFault.Refusals))]
    [TestCaseSource(typeof(ModelFault), nameof(ModelFault.InMidAnswer))]
    [TestCaseSource(typeof(ModelFault), nameof(ModelFault.Harmless))]
    public async Task A_json_reader_gets_a_failure_as_a_problem_with_the_answers_members(ModelFault fault)
    {
        Answers("Hi", fault.Script);

        var (response, body) =
            await User.JsonAsync(ChatClient.Post(new { message = "Hi", model = fault.Model }, accept: "application/json"));

        Assert.Multiple(() =>
        {
            Assert.That((int)response.StatusCode, Is.EqualTo(fault.Status));
            Assert.That(body.GetProperty("state").GetString(), Is.EqualTo("ended"));
            Assert.That(body.GetProperty("text").GetString(), Is.EqualTo(fault.Text));
            Assert.That(body.GetProperty("finishReason").GetString(), Is.EqualTo(fault.Reason));
            Assert.That(body.TryGetProperty("failure", out var failure) ? failure.GetRawText() : null, Is.EqualTo(fault.Failure));
            Assert.That(response.Content.Headers.NonValidated["Content-Type"].ToString(),
                Is.EqualTo(fault.Reason == "failed" ? "application/problem+json" : "application/json; charset=utf-8"));
            Assert.That(response.Headers.CacheControl!.NoStore);
            if (fault.Reason == "failed")
            {
                Assert.That(body.GetProperty("status").GetInt32(), Is.EqualTo(fault.Status));
                Assert.That(body.GetProperty("detail").GetString(), Is.EqualTo(failure.GetProperty("message").GetString()));
            }
            Assert.That(response.Headers.RetryAfter?.Delta?.TotalSeconds,
                Is.EqualTo(
                    failure.ValueKind != default && failure.TryGetProperty("retryAfter", out var seconds) ? seconds.GetInt32()
                    : (int?)null));
        });
    }

    [TestCaseSource(typeof(ModelFault), nameof(ModelFault.InMidAnswer))]
    public async Task A_failed_model_request_is_not_retried(ModelFault fault)
    {
        Answers("Hi", fault.Script);

        await (await User.StartAsync("Hi")).ToEndAsync();

        Assert.That(Asked, Is.EqualTo(1));
    }
}
