using System.IO.Compression;
using System.Net;
using System.Runtime.InteropServices;
using System.Text.RegularExpressions;
using ChatStream.Emulator;
using ChatStream.Web.Tests.Infrastructure;
using NUnit.Framework;

namespace ChatStream.Web.Tests.Integration.Publish;

/// <summary>
/// The published app runs as a process from another directory. test.sh has published it, before anything else was built. Without
/// it a clean copy of the sources is published.
/// </summary>
[CancelAfter(180_000)]
internal sealed partial class PublishedAppTests
{
    private CleanCopy? _copy;
    private string _published = null!;
    private string _data = null!;

    /// <summary>As in the Dockerfile: compiled ahead of time for the system that it runs on.</summary>
    public static string Runtime =>
        RuntimeInformation.OSArchitecture == System.Runtime.InteropServices.Architecture.Arm64 ? "linux-arm64" : "linux-x64";

    [OneTimeSetUp]
    public void Publish()
    {
        _ = RealParts.Node;
        if (AppProcess.Published is { } folder)
        {
            _published = folder;
            return;
        }
        _copy = CleanCopy.Make();
        _published = Path.Combine(_copy.Folder, "out");
        var (output, exitCode) =
            _copy.Dotnet(null, "publish", "ChatStream.Web", "-c", "Release", "-r", Runtime, "-o", _published, "--nologo");
        Assert.That(exitCode, Is.Zero, output);
    }

    [OneTimeTearDown]
    public void Remove() => _copy?.Dispose();

    [SetUp]
    public void NewData() => _data = Directory.CreateTempSubdirectory("chatstream-data-").FullName;

    [TearDown]
    public void RemoveData() => Directory.Delete(_data, recursive: true);

    [Test]
    public async Task The_page_is_served_with_every_asset_that_it_names()
    {
        await using var app = await AppProcess.StartAsync(_published, _data);
        using var user = app.NewUser();

        var page = await user.Http.GetStringAsync("/");
        var assets = Asset().Matches(page).Select(match => WebUtility.HtmlDecode(match.Groups[1].Value)).Distinct().ToList();

        Assert.That(assets, Has.Some.Matches<string>(asset => asset.EndsWith(".js", StringComparison.Ordinal)), page);
        Assert.That(assets, Has.Some.Matches<string>(asset => asset.EndsWith(".css", StringComparison.Ordinal)), page);
        foreach (var asset in assets)
        {
            using var response = await user.Http.GetAsync(asset);
            var size = (await response.Content.ReadAsByteArrayAsync()).Length;
            Assert.That(response.StatusCode, Is.EqualTo(HttpStatusCode.OK), asset);
            Assert.That(size, Is.GreaterThan(asset.EndsWith(".js", StringComparison.Ordinal) ? 1000 : 100), asset);
            Assert.That(asset, Does.Match(@"\.[a-z0-9]{10}\.\w+$"), "its name changes with its content");
            Assert.That(
                response.Headers.CacheControl!.ToString(), Does.Contain("immutable").And.Contain("max-age=31536000"), asset);
        }
    }

    /// <summary>The browser loads at most 60 KB before the page works.</summary>
    [Test]
    public async Task Script_and_style_are_served_in_Brotli_and_are_light()
    {
        const int most = 60_000;
        await using var app = await AppProcess.StartAsync(_published, _data);
        using var user = app.NewUser();
        // What stands in a template is loaded later, if at all: the style of formulas.
        var page = Template().Replace(await user.Http.GetStringAsync("/"), "");
        var pending = new Queue<string>(Asset().Matches(page).Select(match => WebUtility.HtmlDecode(match.Groups[1].Value))
            .Where(asset => asset.EndsWith(".js", StringComparison.Ordinal) || asset.EndsWith(".css", StringComparison.Ordinal)));
        var sizes = new Dictionary<string, int>();

        while (pending.TryDequeue(out var asset))
        {
            if (sizes.ContainsKey(asset))
                continue;
            using var request = new HttpRequestMessage(HttpMethod.Get, asset);
            request.Headers.Add("Accept-Encoding", "br");
            using var response = await user.Http.SendAsync(request);
            Assert.That(response.StatusCode, Is.EqualTo(HttpStatusCode.OK), asset);
            Assert.That(response.Content.Headers.ContentEncoding, Is.EqualTo(new[] { "br" }), asset);
            Assert.That(response.Headers.CacheControl!.ToString(), Does.Contain("immutable"), asset);
            var bytes = await response.Content.ReadAsByteArrayAsync();
            sizes[asset] = bytes.Length;
            using var text = new StreamReader(new BrotliStream(new MemoryStream(bytes), CompressionMode.Decompress));
            foreach (Match import in StaticImport().Matches(await text.ReadToEndAsync()))
                pending.Enqueue(new Uri(new Uri(app.Address, asset), import.Groups[1].Value).AbsolutePath);
        }

        TestContext.Out.WriteLine(
            string.Join(
                '\n', sizes.Select(size => $"{size.Key}: {size.Value} bytes").Append($"in all: {sizes.Values.Sum()} bytes")));
        Assert.That(sizes, Has.Count.GreaterThanOrEqualTo(2));
        Assert.That(sizes.Values.Sum(), Is.InRange(5_000, most));
    }

    /// <summary>Code's colours and formulas, with their fonts: asked for once, and never again.</summary>
    [Test]
    public async Task Assets_that_the_script_loads_later_are_immutable_too()
    {
        await using var app = await AppProcess.StartAsync(_published, _data);
        using var user = app.NewUser();
        var dist = Path.Combine(_published, "wwwroot", "dist");
        var later = Directory.EnumerateFiles(dist, "*", SearchOption.AllDirectories)
            .Select(file => Path.GetRelativePath(dist, file))
            .Where(file => file.EndsWith(".woff2", StringComparison.Ordinal) || BundlersHash().IsMatch(file)).ToList();

        Assert.That(later, Has.Some.StartsWith("highlight-").And.Some.StartsWith("typeset-").And.Some.StartsWith("fonts/"));
        foreach (var asset in later)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, $"/dist/{asset}");
            request.Headers.Add("Accept-Encoding", "br");
            using var response = await user.Http.SendAsync(request);
            Assert.That(response.StatusCode, Is.EqualTo(HttpStatusCode.OK), asset);
            Assert.That(
                response.Headers.CacheControl!.ToString(), Does.Contain("immutable").And.Contain("max-age=31536000"), asset);
            if (asset.EndsWith(".js", StringComparison.Ordinal))
                Assert.That(response.Content.Headers.ContentEncoding, Is.EqualTo(new[] { "br" }), asset);
        }
    }

    [Test]
    public async Task The_first_stream_of_a_newcomer_goes_from_start_to_stop()
    {
        await using var app = await AppProcess.StartAsync(_published, _data);
        using var user = app.NewUser();

        await using var stream = await user.StreamAsync(new HttpRequestMessage(HttpMethod.Get, "/chat/stream?message=Hello"));
        await stream.ToEndAsync();

        Assert.That(stream.Frames[0].Event, Is.EqualTo("start"));
        Assert.That(stream.Text, Is.Not.Empty);
        Assert.That(stream.Frames[^2].Data, Is.EqualTo("""{"reason":"completed"}"""));
        Assert.That((stream.Frames[^1].Event, stream.Frames[^1].Data), Is.EqualTo(("stop", "stopped")));
    }

    [Test]
    public async Task Environment_variables_override_appsettings()
    {
        await using var emulator = await EmulatorServer.StartAsync();
        await using var app = await AppProcess.StartAsync(
            _published, _data,
            [
                    .. Of(emulator), ("AzureOpenAI:ApiVersion", "2025-04-01-preview"), ("Chat:SystemPrompt", "Answer in verse."),
                    ("Conversations:ModelTitles", "false")]);
        using var user = app.NewUser();

        var answer = await user.AskAsync("Hello");

        Assert.That(answer.GetProperty("text").GetString(), Is.EqualTo("Hello"));
        Assert.That(emulator.Requests.Single().Query["api-version"], Is.EqualTo("2025-04-01-preview"));
        Assert.That(emulator.Requests.Single().Body, Does.Contain("Answer in verse."));
    }

    [Test]
    public async Task Sigterm_lets_an_open_stream_come_to_its_end(CancellationToken timeout)
    {
        await using var emulator = await EmulatorServer.StartAsync(cancellationToken: timeout);
        var gate = new Gate();
        emulator.Enqueue(Script.Start().Text("Hel").Wait(gate).Text("lo").Finish("stop").Done());
        await using var app = await AppProcess.StartAsync(_published, _data, Of(emulator));
        using var user = app.NewUser();
        await using var stream = await user.StartAsync("Hello", timeout);
        await stream.UntilTextAsync("Hel");

        app.Terminate();
        await app.LineAsync("Stopping: 1 ").WaitAsync(timeout);
        gate.Open();
        await stream.ToEndAsync().WaitAsync(timeout);

        Assert.That(stream.Text, Is.EqualTo("Hello"));
        Assert.That(
            stream.Frames[^2..].Select(frame => frame.Data), Is.EqualTo(new[] { """{"reason":"completed"}""", "stopped" }));
        Assert.That(await app.Exited.WaitAsync(timeout), Is.Zero, app.Output);
    }

    [Test]
    public async Task Sigterm_ends_an_open_stream_whose_time_is_over(CancellationToken timeout)
    {
        await using var emulator = await EmulatorServer.StartAsync(cancellationToken: timeout);
        emulator.Enqueue(Script.Start().Text("Hel").Stall());
        await using var app =
            await AppProcess.StartAsync(_published, _data, [.. Of(emulator), ("Generation:DrainFor", "00:00:00")]);
        using var user = app.NewUser();
        await using var stream = await user.StartAsync("Hello", timeout);
        await stream.UntilTextAsync("Hel");

        app.Terminate();
        await stream.ToEndAsync().WaitAsync(timeout);

        Assert.That(stream.Frames[^3].Event, Is.EqualTo("failure"));
        Assert.That(
            stream.Frames[^2..].Select(frame => frame.Data), Is.EqualTo(new[] { """{"reason":"interrupted"}""", "stopped" }));
        Assert.That(await app.Exited.WaitAsync(timeout), Is.Zero, app.Output);
    }

    [Test]
    public async Task A_second_process_on_the_same_data_waits_until_the_first_has_stopped(CancellationToken timeout)
    {
        await using var first = await AppProcess.StartAsync(_published, _data);
        await using var second = await AppProcess.StartAsync(_published, _data);
        using var waiting = second.NewUser();

        Assert.That(await waiting.Http.GetStringAsync("/health/live", timeout), Is.EqualTo("Healthy"));
        using (var ready = await waiting.Http.GetAsync("/health/ready", timeout))
            Assert.That((int)ready.StatusCode, Is.EqualTo(503));
        using (var page = await waiting.Http.GetAsync("/", timeout))
            Assert.That(((int)page.StatusCode, page.Headers.RetryAfter?.ToString()), Is.EqualTo((503, "1")));
        var line = await second.LineAsync("Data:Path");
        Assert.That(line, Does.Contain(_data).And.Contain("in use by another ChatStream process"));
        using (var user = first.NewUser())
            Assert.That(
                await user.Http.GetStringAsync("/health/ready", timeout), Is.EqualTo("Healthy"), "the first is not disturbed");

        first.Terminate();
        await second.LineAsync("The other process has stopped.").WaitAsync(timeout);
        var address = await second.NextAddressAsync().WaitAsync(timeout);
        using var served = new ChatClient(address);
        Assert.That(await served.Http.GetStringAsync("/health/ready", timeout), Is.EqualTo("Healthy"));
    }

    [Test]
    public async Task A_second_process_that_waits_can_be_stopped(CancellationToken timeout)
    {
        await using var first = await AppProcess.StartAsync(_published, _data);
        await using var second = await AppProcess.StartAsync(_published, _data);

        second.Terminate();

        Assert.That(await second.Exited.WaitAsync(timeout), Is.Zero);
    }

    [Test]
    public async Task After_a_kill_the_answer_that_was_running_is_interrupted(CancellationToken timeout)
    {
        await using var emulator = await EmulatorServer.StartAsync(cancellationToken: timeout);
        emulator.Enqueue(Script.Start().Text("Hel").Stall());
        await using var killed = await AppProcess.StartAsync(_published, _data, Of(emulator));
        using var user = killed.NewUser();
        await using var stream = await user.StartAsync("Hello, you there", timeout);
        await stream.UntilTextAsync("Hel");
        await killed.KillAsync().WaitAsync(timeout);

        await using var app = await AppProcess.StartAsync(_published, _data, Of(emulator));
        // The same browser: the keys that sign its cookie have survived too.
        using var again = app.NewUser();
        again.Cookies.SetCookies(app.Address, user.Cookies.GetCookieHeader(killed.Address));
        var answer = await again.FindAsync(stream.GenerationId);
        var page = await again.Http.GetStringAsync($"/chat/{stream.ConversationId}", timeout);
        await using var attached = await again.AttachAsync(stream.GenerationId, cancellationToken: timeout);
        await attached.ToEndAsync();

        Assert.That(answer.GetProperty("state").GetString(), Is.EqualTo("ended"));
        Assert.That(answer.GetProperty("finishReason").GetString(), Is.EqualTo("interrupted"));
        Assert.That(page, Does.Contain("Hello, you there").And.Contain("interrupted"));
        Assert.That(
            attached.Frames[^2..].Select(frame => frame.Data), Is.EqualTo(new[] { """{"reason":"interrupted"}""", "stopped" }));
        Assert.That(emulator.Requests, Has.Count.EqualTo(1), "nothing was asked again");
    }

    [Test]
    public void Without_node_the_build_says_in_one_line_what_to_install()
    {
        // A PATH with the shell that MSBuild runs commands in, and nothing else.
        File.CreateSymbolicLink(Path.Combine(_data, "sh"), "/bin/sh");

        using var copy = CleanCopy.Make();
        var (output, exitCode) = copy.Dotnet(
            start =>
                start.Environment["PATH"] = _data, "msbuild", "ChatStream.Web", "-t:RequireNode", "-nologo", "-verbosity:quiet");

        Assert.That(exitCode, Is.Not.Zero, output);
        var lines = output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.That(lines, Has.Length.EqualTo(1), output);
        Assert.That(lines[0], Does.Contain(
            "error : The page's script is bundled with Node.js: install Node.js 20 or newer, with npm (https://nodejs.org), "
            + "and build again."));
    }

    private static (string Key, string Value)[] Of(EmulatorServer emulator) =>
    [
        ("AzureOpenAI:Endpoint", emulator.Endpoint.ToString()),
        ("AzureOpenAI:Deployment", "gpt-4o"),
        ("AzureOpenAI:ApiKey", "emulator-key"),
    ];

    [GeneratedRegex("""<(?:link|script|img)\b[^>]*?\b(?:href|src)="(/[^"]*)""")]
    private static partial Regex Asset();

    [GeneratedRegex(@"-[A-Z0-9]{8}\.js$")]
    private static partial Regex BundlersHash();

    /// <summary>As the bundler writes them; <c>import(…)</c> is what comes later.</summary>
    [GeneratedRegex("""(?:\bfrom|\bimport|@import)\s*"(\.[^"]+)""")]
    private static partial Regex StaticImport();

    [GeneratedRegex("<template.*?</template>", RegexOptions.Singleline)]
    private static partial Regex Template();
}
