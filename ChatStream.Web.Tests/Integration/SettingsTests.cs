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
            "Limits:RunningPerAddress", "0",
            "Limits:RunningPerAddress: The field RunningPerAddress must be between 1 and 100000."),
        (
            "Limits:IdentitiesPerMinutePerAddress", "0",
            "Limits:IdentitiesPerMinutePerAddress: The field IdentitiesPerMinutePerAddress must be between 1 and 100000."),
        ("Proxies:0", "nginx", "Proxies:0: 'nginx' is neither an address such as 10.0.0.7 nor a network such as 10.0.0.0/8."),
        (
            "Proxies:1", "10.0.0.1/33",
            "Proxies:1: '10.0.0.1/33' is neither an address such as 10.0.0.7 nor a network such as 10.0.0.0/8."),
        ("Proxies:3", "10/8", "Proxies:3: '10/8' is neither an address such as 10.0.0.7 nor a network such as 10.0.0.0/8."),
        ("Proxies:2", "10", "Proxies:2: '10' is neither an address such as 10.0.0.7 nor a network such as 10.0.0.0/8."),
        (
            "AllowedHosts", "chat.example.org;https://b.example",
            "AllowedHosts: 'https://b.example' is not a host name such as chat.example.org or *.example.org, without a port."),
        ("InstanceName", "my chat", "InstanceName must have at most 32 letters of A-Z, a-z, 0-9, - and _."),
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
        ("PromptLibrary:MostPerUser", "-1",
            "PromptLibrary:MostPerUser: The field MostPerUser must be between 0 and 1000."),
        ("Welcome:Prompts:0:Title", "Greeting", "Welcome:Prompts:0:Text must have 1 to 8000 characters, without NUL."),
        ("Welcome:Prompts:0:Texts:de", " ", "Welcome:Prompts:0:Texts:de must have 1 to 8000 characters, without NUL."),
        ("Welcome:Notices:de", new string('n', 1_001), "Welcome:Notices:de must have at most 1000 characters."),
        ("Streaming:KeepAlive", "00:00:00", "Streaming:KeepAlive: The field KeepAlive must be between 00:00:01 and 00:00:40."),
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
        (
            "Failover:CoolDown", "00:00:00.5",
            "Failover:CoolDown: The field CoolDown must be between 00:00:01 and 00:10:00."),
        (
            "Failover:LongestCoolDown", "2.00:00:00",
            "Failover:LongestCoolDown: The field LongestCoolDown must be between 00:00:00 and 1.00:00:00."),
        ("Chat:ContextTokens", "255", "Chat:ContextTokens must be auto, or a number of tokens from 256 to 10000000."),
        (
            "Conversations:RetainFor", "00:00:01",
            "Conversations:RetainFor: The field RetainFor must be between 01:00:00 and 36500.00:00:00."),
        (
            "Sharing:LongestFor", "00:01:00",
            "Sharing:LongestFor: The field LongestFor must be between 00:10:00 and 3650.00:00:00."),
        ("Sharing:MostPerUser", "0", "Sharing:MostPerUser: The field MostPerUser must be between 1 and 100000."),
        (
            "PathBase", "chat/",
            "PathBase must be a path such as /chat: a slash before each name, none at the end, and in the names "
                + "only A-Z, a-z, 0-9, '.', '_', '~' and '-'."),
        ("PublicOrigin", "chat.example.org", "PublicOrigin must be an origin such as https://chat.example.org, without a path."),
        ("Api:Keys:0:Name", "", "Api:Keys:0:Name is missing, or names another key already."),
        ("Api:Keys:0:Key", "short", "Api:Keys:0:Key is shorter than 16 characters, or another key's already."),
        (
            "AzureOpenAI:Endpoint", "my-resource",
            "AzureOpenAI:Endpoint must be an http or https address such as https://my-resource.openai.azure.com/."),
        ("AzureOpenAI:ApiVersion", "latest", "AzureOpenAI:ApiVersion must be a date such as 2024-10-21, or v1."),
        ("AzureOpenAI:Background", "true", "AzureOpenAI:Background needs Api to be responses."),
        ("AzureOpenAI:ClientId", "0f1e", "AzureOpenAI:ClientId has no use with the credential AzureCli."),
        ("AzureOpenAI:Credential", "AzureCli", "AzureOpenAI:ClientId has no use with the credential AzureCli."),
        (
            "AzureOpenAI:Audience", "ai.azure.com",
            "AzureOpenAI:Audience must be an address such as https://ai.azure.com."),
        ("Presets:0:Label", "Nameless", "Presets:0:Name must have 1 to 64 letters of A-Z, a-z, 0-9, - and _."),
        ("Presets:0:Temperature", "2.1", "Presets:0:Temperature must be between 0 and 2."),
        ("Presets:0:TopP", "-0.1", "Presets:0:TopP must be between 0 and 1."),
        ("Presets:0:Effort", "Very high", "Presets:0:Effort must be a word of a-z, such as low."),
        ("Presets:0:Verbosity", "huge", "Presets:0:Verbosity must be low, medium or high."),
        ("Presets:1:Name", "same", "Presets:2:Name: 'SAME' names another preset already."),
        ("Presets:2:Name", "SAME", "Presets:2:Name: 'SAME' names another preset already."),
        ("Models:0:ContextTokens", "1023", "Models:0:ContextTokens must be 1024 or more."),
        ("AzureOpenAI:Price:Input", "1.25", "AzureOpenAI:Price:Output is missing."),
        ("AzureOpenAI:Price:Currency", "usd", "AzureOpenAI:Price:Currency must be three letters of A-Z, such as USD."),
        ("Models:1:Price:Output", "-0.01", "Models:1:Price:Output must be from 0 to 100000000, for a million tokens."),
        ("Models:1:Price:Input", "100000000.5", "Models:1:Price:Input must be from 0 to 100000000, for a million tokens."),
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

    [TestCase("Streaming:KeepAlive", "00:00:45", "The field KeepAlive must be between 00:00:01 and 00:00:40.")]
    [TestCase("Generation:AbandonAfter", "00:01:59",
        "The field AbandonAfter must be 00:00:00, or 00:02:00 or more: a page in a hidden tab asks once a minute.")]
    [TestCase("Failover:LongestCoolDown", "00:00:01", "The field LongestCoolDown must be 00:00:00, or CoolDown or more.")]
    [TestCase("Generation:AbandonAfter", "15", "'15' would be 15 days. Write hours, minutes and seconds, such as 00:15:00.")]
    [TestCase("Generation:AbandonAfter", "0", "'0' would be 0 days. Write hours, minutes and seconds, such as 00:15:00.")]
    [TestCase("Generation:DrainFor", " 25 ", "'25' would be 25 days. Write hours, minutes and seconds, such as 00:15:00.")]
    [TestCase("Conversations:RetainFor", "30", "'30' would be 30 days. Write hours, minutes and seconds, such as 00:15:00.")]
    [TestCase("ModelTimeouts:Total", "-1", "'-1' would be -1 days. Write hours, minutes and seconds, such as 00:15:00.")]
    public async Task A_time_that_cannot_be_meant_is_named_in_one_line(string key, string value, string fault)
    {
        var (output, exitCode) = await RunAsync((key, value));

        Assert.That(output.Split('\n'), Has.Length.EqualTo(1).And.All.EndsWith($"ChatStream does not start: {key}: {fault}"));
        Assert.That(exitCode, Is.EqualTo(1));
    }

    [TestCase(1_000, 256)]
    [TestCase(150, 256)]
    public async Task A_system_prompt_that_leaves_no_room_is_named(int words, int budget)
    {
        var prompt = string.Join(' ', Enumerable.Repeat("word", words));

        var (output, exitCode) = await RunAsync(("Chat:SystemPrompt", prompt), ("Chat:ContextTokens", $"{budget}"));

        Assert.That(output.Split('\n'), Has.Length.EqualTo(1)
            .And.All.Contains("ChatStream does not start: Chat:SystemPrompt is ")
            .And.All.EndsWith($"Chat:ContextTokens is {budget}, and at least 128 must be left for messages."));
        Assert.That(exitCode, Is.EqualTo(1));
    }

    [TestCase("many")]
    [TestCase("1e6")]
    [TestCase("-1")]
    [TestCase("")]
    public async Task A_context_that_is_neither_a_number_nor_auto_is_named(string value)
    {
        var (output, exitCode) = await RunAsync(("Chat:ContextTokens", value));

        Assert.That(output.Split('\n'), Has.Length.EqualTo(1).And.All.EndsWith(
            "ChatStream does not start: Chat:ContextTokens must be auto, or a number of tokens from 256 to 10000000."));
        Assert.That(exitCode, Is.EqualTo(1));
    }

    [Test]
    public async Task A_system_prompt_that_leaves_no_room_for_the_smallest_model_is_named()
    {
        var (output, _) = await RunAsync(
            ("Chat:SystemPrompt", string.Join(' ', Enumerable.Repeat("word", 700))), ("Chat:ContextTokens", "auto"),
            ("Models:0:Name", "small"), ("Models:0:ContextTokens", "1024"));

        Assert.That(output.Split('\n'), Has.Some.EndsWith(
            "Chat:ContextTokens is auto, which is 768 for the model 'small', and at least 128 must be left for messages."));
    }

    [TestCase("https://a.example.com/v1?key=K", "AzureOpenAI:Endpoint must have no query but api-version.")]
    [TestCase("https://a.example.com/models/chat/completions?api-version=2024-05-01-preview",
        "AzureOpenAI:Endpoint must be the part before '/models'.")]
    public async Task An_address_that_cannot_be_taken_apart_is_named(string endpoint, string fault)
    {
        var (output, exitCode) = await RunAsync(("AzureOpenAI:Endpoint", endpoint), ("AzureOpenAI:Deployment", "gpt-4o"),
            ("AzureOpenAI:ApiKey", "a key"));

        Assert.That(output.Split('\n'), Has.Length.EqualTo(1).And.All.EndsWith($"ChatStream does not start: {fault}"));
        Assert.That(exitCode, Is.EqualTo(1));
    }

    [TestCase("Models:0:Price:Input", "2,5")]
    [TestCase("AzureOpenAI:Price:Output", "ten")]
    public async Task A_price_that_is_no_number_is_named(string key, string value)
    {
        var (output, exitCode) = await RunAsync((key, value));

        Assert.That(output.Split('\n'), Has.Length.EqualTo(1)
            .And.All.Contains("ChatStream does not start: ").And.All.Contains($"'{key}'"));
        Assert.That(exitCode, Is.EqualTo(1));
    }

    [Test]
    public async Task A_price_without_a_deployment_is_named()
    {
        var (output, exitCode) = await RunAsync(
            ("AzureOpenAI:Price:Currency", "USD"), ("AzureOpenAI:Price:Input", "1"), ("AzureOpenAI:Price:Output", "2"));

        Assert.That(output.Split('\n'), Has.Length.EqualTo(1)
            .And.All.EndsWith("ChatStream does not start: AzureOpenAI:Price has no use without AzureOpenAI:Endpoint."));
        Assert.That(exitCode, Is.EqualTo(1));
    }

    [Test]
    public async Task A_mistyped_key_is_named_with_the_nearest_and_the_app_starts()
    {
        await using var app = await AppProcess.StartAsync(AppProcess.Built, _data, ("Limits:Runing", "5"));

        Assert.That(
            app.Output,
            Does.Contain("WARN").And.Contain("The setting Limits:Runing is not known and is ignored. Is Limits:Running meant?"));
    }

    [TestCase("http://127.0.0.1:99999")]
    [TestCase("not an address")]
    public async Task An_address_to_listen_on_that_cannot_be_used_is_named(string urls)
    {
        var (output, exitCode) = await RunAsync(("ASPNETCORE_URLS", urls));

        Assert.That(output.Split('\n').Last(), Does.Contain("ChatStream does not start: ASPNETCORE_URLS: "));
        Assert.That(output, Does.Not.Contain("   at "));
        Assert.That(exitCode, Is.EqualTo(1));
    }

    [TestCase("Limits:Running", "many")]
    [TestCase("Generation:AbandonAfter", "soon")]
    [TestCase("Generation:Show", "Later")]
    [TestCase("Models:0:Deployments:0:Kind", "aws")]
    [TestCase("AzureOpenAI:Credential", "Default")]
    [TestCase("Presets:0:Temperature", "warm")]
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

    [Test]
    public async Task Keys_that_cannot_be_kept_are_named([Values] bool withPostgres)
    {
        var folder = Directory.CreateTempSubdirectory("chatstream-").FullName;
        await File.WriteAllTextAsync(Path.Combine(folder, "keys"), "");

        var (output, exitCode) = await RunAsync(
            ("Data:Path", folder), ("ConnectionStrings:Postgres", withPostgres ? "Host=127.0.0.1;Port=1;Username=a" : ""));
        Directory.Delete(folder, recursive: true);

        Assert.That(output.Split('\n'), Has.Length.EqualTo(1).And.All.EndsWith(
            $"ChatStream does not start: Data:Path: '{Path.Combine(folder, "keys")}' is a file, and must be a folder."));
        Assert.That(exitCode, Is.EqualTo(1));
    }

    private async Task<(string Output, int ExitCode)> RunAsync(params (string, string)[] settings)
    {
        await using var process = AppProcess.Launch(AppProcess.Built, _data, settings);
        var exitCode = await process.Exited;
        return (process.Output, exitCode);
    }
}
