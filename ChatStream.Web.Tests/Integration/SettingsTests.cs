using ChatStream.Web.Tests.Infrastructure;
using NUnit.Framework;

namespace ChatStream.Web.Tests.Integration;

/// <summary>The app does not start with wrong settings. One line names each of them.</summary>
internal sealed class SettingsTests
{
    private static readonly (string Key, string Value, string Fault)[] Wrong =
    [
        ("Limits:Running", "0", "Limits:Running: The field Running must be between 1 and 100000."),
        ("Limits:RunningPerUser", "-1", "Limits:RunningPerUser: The field RunningPerUser must be between 1 and 100000."),
        ("Limits:ReadersPerAnswer", "0", "Limits:ReadersPerAnswer: The field ReadersPerAnswer must be between 1 and 100000."),
        ("Generation:Show", "7", "Generation:Show: The field Show is invalid."),
        ("Limits:StartsPerMinute", "100001", "Limits:StartsPerMinute: The field StartsPerMinute must be between 1 and 100000."),
        (
            "Generation:AbandonAfter", "-00:00:01",
            "Generation:AbandonAfter: The field AbandonAfter must be between 00:00:00 and 30.00:00:00."),
        ("Generation:DrainFor", "01:00:00", "Generation:DrainFor: The field DrainFor must be between 00:00:00 and 00:10:00."),
        (
            "Generation:KeepEndedFor", "2.00:00:00",
            "Generation:KeepEndedFor: The field KeepEndedFor must be between 00:00:00 and 1.00:00:00."),
        ("Generation:KeepEndedCount", "-1", "Generation:KeepEndedCount: The field KeepEndedCount must be between 0 and 1000000."),
        (
            "Generation:KeepEndedBytes", "-1",
            "Generation:KeepEndedBytes: The field KeepEndedBytes must be between 0 and 1099511627776."),
        ("Streaming:KeepAlive", "00:00:00", "Streaming:KeepAlive: The field KeepAlive must be between 00:00:01 and 00:10:00."),
        (
            "Streaming:DropStalledAfter", "01:00:00",
            "Streaming:DropStalledAfter: The field DropStalledAfter must be between 00:00:01 and 00:10:00."),
        ("ModelTimeouts:Connect", "00:00:00", "ModelTimeouts:Connect: The field Connect must be between 00:00:01 and 01:00:00."),
        (
            "ModelTimeouts:FirstByte", "00:00:00",
            "ModelTimeouts:FirstByte: The field FirstByte must be between 00:00:01 and 01:00:00."),
        (
            "ModelTimeouts:BetweenBytes", "02:00:00",
            "ModelTimeouts:BetweenBytes: The field BetweenBytes must be between 00:00:01 and 01:00:00."),
        ("ModelTimeouts:Total", "2.00:00:00", "ModelTimeouts:Total: The field Total must be between 00:00:01 and 1.00:00:00."),
        ("Chat:ContextTokens", "255", "Chat:ContextTokens: The field ContextTokens must be between 256 and 10000000."),
        (
            "Conversations:RetainFor", "00:00:01",
            "Conversations:RetainFor: The field RetainFor must be between 01:00:00 and 36500.00:00:00."),
        ("PublicOrigin", "chat.example.org", "PublicOrigin must be an origin such as https://chat.example.org, without a path."),
        ("Api:Keys:0:Name", "", "Api:Keys:0:Name is missing, or names another key already."),
        ("Api:Keys:0:Key", "short", "Api:Keys:0:Key is shorter than 16 characters, or another key's already."),
        (
            "AzureOpenAI:Endpoint", "my-resource",
            "AzureOpenAI:Endpoint must be an http or https address such as https://my-resource.openai.azure.com/."),
        ("AzureOpenAI:ApiVersion", "latest", "AzureOpenAI:ApiVersion must be a date such as 2024-10-21, or v1."),
        ("Models:0:Label", "Nameless", "Models:0:Name is missing."),
        ("Models:1:Name", "empty", "Models:1:Deployments is empty."),
        ("Models:2:Name", "EMPTY", "Models:2:Name: 'EMPTY' names another model already."),
        (
            "Models:2:Deployments:0:Endpoint", "http://far.example/",
            "Models:2:Deployments:0:Endpoint must be https where no ApiKey is set: the SDK would send an Entra ID token in "
            + "the clear."),
    ];

    private string _data;
    private string _output;
    private int _exitCode;

    private static IEnumerable<TestCaseData> Faults =>
        Wrong.Select(wrong => new TestCaseData(wrong.Fault).SetArgDisplayNames(wrong.Key));

    [OneTimeSetUp]
    public async Task StartWithAllOfThemAsync()
    {
        _data = Directory.CreateTempSubdirectory("chatstream-").FullName;
        (_output, _exitCode) = await RunAsync([.. Wrong.Select(wrong => (wrong.Key, wrong.Value))]);
    }

    [OneTimeTearDown]
    public void RemoveData() => Directory.Delete(_data, recursive: true);

    [TestCaseSource(nameof(Faults))]
    public void A_wrong_setting_is_named_in_one_line(string fault) =>
        Assert.That(
            _output.Split('\n').Count(line => line.EndsWith($"ChatStream does not start: {fault}", StringComparison.Ordinal)),
            Is.EqualTo(1), _output);

    [Test]
    public void Only_the_faults_are_printed_and_the_exit_code_is_not_zero()
    {
        Assert.That(_exitCode, Is.EqualTo(1));
        Assert.That(_output, Does.Not.Contain("   at ").And.Not.Contain("Exception"));
        // These are the remaining faults of the models, such as a missing deployment.
        Assert.That(_output.Split('\n'), Has.All.Contains("ChatStream does not start: "));
    }

    [TestCase("Limits:Running", "many")]
    [TestCase("Generation:AbandonAfter", "soon")]
    [TestCase("Generation:Show", "Later")]
    [TestCase("Models:0:Deployments:0:Kind", "aws")]
    public async Task A_value_that_cannot_be_read_is_named_too(string key, string value)
    {
        var (output, exitCode) = await RunAsync((key, value));

        Assert.That(
            output.Split('\n'),
            Has.Length.EqualTo(1).And.All.Contains("ChatStream does not start: ").And.All.Contains($"'{key}'"));
        Assert.That(exitCode, Is.EqualTo(1));
    }

    [Test]
    public async Task A_data_path_that_is_empty_is_named()
    {
        var (output, exitCode) = await RunAsync(("Data:Path", ""));

        Assert.That(output, Does.Contain("ChatStream does not start: Data:Path: The Path field is required."));
        Assert.That(exitCode, Is.EqualTo(1));
    }

    [Test]
    public async Task A_data_path_that_is_a_file_is_named()
    {
        var file = Path.Combine(_data, "file");
        await File.WriteAllTextAsync(file, "");

        var (output, exitCode) = await RunAsync(("Data:Path", file));

        Assert.That(output, Does.Contain($"ChatStream does not start: Data:Path: '{file}'"));
        Assert.That(exitCode, Is.EqualTo(1));
    }

    private async Task<(string Output, int ExitCode)> RunAsync(params (string, string)[] settings)
    {
        await using var process = AppProcess.Launch(AppContext.BaseDirectory, _data, settings);
        var exitCode = await process.Exited;
        return (process.Output, exitCode);
    }
}
