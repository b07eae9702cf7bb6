using ChatStream.Emulator;
using NUnit.Framework;

namespace ChatStream.Web.Tests.Emulation.Clients;

/// <summary>
/// The clients that people use for Azure OpenAI read the emulator's answers and errors as Azure's. Each client asks all its
/// questions once, before the tests of its fixture.
/// </summary>
[TestFixtureSource(typeof(OfficialClient), nameof(OfficialClient.All))]
internal sealed class OfficialClientTests(OfficialClient client)
{
    private static readonly bool[] Both = [true, false];

    private readonly Dictionary<string, Told> _told = [];
    private EmulatorServer _emulator;

    [OneTimeSetUp]
    public async Task AskAsync()
    {
        _emulator = await EmulatorServer.StartAsync(new EmulatorOptions
        {
            ApiKey = Question.RightKey,
            Deployments = new HashSet<string> { Question.Deployed },
        });
        _emulator.On(request => AskedAnswer.All.FirstOrDefault(asked => asked.Name == request.LastUserMessage)?.Script
            ?? Faults.FirstOrDefault(asked => asked.Name == request.LastUserMessage)?.Script);
        using var timeout = new CancellationTokenSource(TimeSpan.FromSeconds(60), TimeProvider.System);
        foreach (var told in await client.AskAsync(_emulator.Endpoint, [.. Questions()], timeout.Token))
            _told[told.Name] = told;
    }

    [OneTimeTearDown]
    public async Task StopAsync() => await _emulator.DisposeAsync();

    [Test]
    public void An_answer_is_told_whole(
        [ValueSource(typeof(AskedAnswer), nameof(AskedAnswer.All))] AskedAnswer asked,
        [ValueSource(nameof(Both))] bool isStreamed)
    {
        var told = _told[NameOf(asked.Name, isStreamed)];

        Assert.That(told.Fault, client.Reads(asked, isStreamed) ? Is.Null : Is.Not.Null);
        if (told.Fault is not null)
            return;
        Assert.Multiple(() =>
        {
            Assert.That(told.Text, Is.EqualTo(asked.Text));
            Assert.That(told.Refusal, Is.EqualTo(client.KnowsRefusals ? asked.Refusal : null));
            Assert.That(told.Reasoning, Is.EqualTo(client.IsForResponses ? asked.Reasoning : null));
            Assert.That(told.Tools, Is.EqualTo(asked.Tools));
            Assert.That(told.Finish, Is.EqualTo(client.Finish(asked.Finish)));
            Assert.That(told.Usage, Is.EqualTo(asked.Usage));
        });
    }

    [Test]
    public void A_refusal_is_the_clients_own_error(
        [ValueSource(typeof(AskedFault), nameof(AskedFault.Refusals))] AskedFault asked,
        [ValueSource(nameof(Both))] bool isStreamed)
    {
        var fault = _told[NameOf(asked.Name, isStreamed)].Fault;

        Assert.That(fault, Is.Not.Null);
        Assert.Multiple(() =>
        {
            Assert.That(fault!.Type, Is.EqualTo(client.ErrorType(asked.Status, isInStream: false)));
            Assert.That(fault.Status, Is.EqualTo(asked.Status));
            Assert.That(fault.Code, Is.EqualTo(asked.Code));
            Assert.That(fault.Param, Is.EqualTo(asked.Param));
            Assert.That(fault.RetryAfter, Is.EqualTo(asked.RetryAfter));
            Assert.That(Guid.TryParse(fault.RequestId, out _), "apim-request-id");
        });
    }

    [Test]
    public void A_break_in_mid_answer_is_the_clients_own_error(
        [ValueSource(typeof(AskedFault), nameof(AskedFault.InMidAnswer))] AskedFault asked,
        [ValueSource(nameof(Both))] bool isStreamed)
    {
        var fault = _told[NameOf(asked.Name, isStreamed)].Fault;

        Assert.That(fault, Is.Not.Null, "an answer that broke off is none");
        Assert.That(fault!.Type, Is.EqualTo(client.ErrorType(asked.Status, isStreamed)), fault.Message);
        Assert.That(fault.Code, Is.EqualTo(isStreamed && !client.KnowsErrorsOfStreams ? null : asked.Code));
    }

    private static IEnumerable<AskedFault> Faults => AskedFault.Refusals.Concat(AskedFault.InMidAnswer);

    private static IEnumerable<Question> Questions()
    {
        foreach (var isStreamed in Both)
        {
            foreach (var asked in AskedAnswer.All)
                yield return new(NameOf(asked.Name, isStreamed), asked.Name, isStreamed, HasTools: asked.Tools.Count > 0);
            foreach (var asked in Faults)
                yield return new(NameOf(asked.Name, isStreamed), asked.Name, isStreamed, asked.Key, asked.Deployment);
        }
    }

    private static string NameOf(string name, bool isStreamed) => isStreamed ? $"{name}, streamed" : name;
}
