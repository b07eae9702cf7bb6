using System.Diagnostics;
using System.Globalization;
using ChatStream.Web.Tests.Infrastructure;
using NUnit.Framework;

namespace ChatStream.Web.Tests.Integration.Tools;

/// <summary>The reference server of the Model Context Protocol, over both ways: stdio and streamable HTTP.</summary>
internal sealed class EverythingServerTests : ToolTest
{
    private static readonly string Server = Path.Combine(
        Repository.Tests, "node_modules", "@modelcontextprotocol", "server-everything", "dist", "index.js");

    private readonly int _port = FreePort.Find();
    private readonly List<RealProcess> _servers = [];

    protected override async Task PrepareAsync()
    {
        var start = new ProcessStartInfo(RealParts.NodeWithPackages, [Server, "streamableHttp"])
        {
            Environment = { ["PORT"] = _port.ToString(CultureInfo.InvariantCulture) },
        };
        _servers.Add(RealProcess.Start(start));
        await _servers[0].LineAsync(line => line.Contains("listening", StringComparison.OrdinalIgnoreCase));
    }

    protected override IReadOnlyList<string> Servers => ["faulty", "stdio", "http"];

    [OneTimeTearDown]
    public async Task StopServerAsync()
    {
        foreach (var server in _servers)
            await server.DisposeAsync();
    }

    protected override void Configure(ChatApp.Setup setup)
    {
        base.Configure(setup);
        setup.Settings["Tools:McpServers:stdio:Command"] = RealParts.NodeWithPackages;
        setup.Settings["Tools:McpServers:stdio:Arguments:0"] = Server;
        setup.Settings["Tools:McpServers:stdio:Arguments:1"] = "stdio";
        setup.Settings["Tools:McpServers:http:Url"] = $"http://127.0.0.1:{_port}/mcp";
        setup.Settings["Tools:McpServers:http:Bearer"] = "a-token";
        foreach (var server in new[] { "stdio", "http" })
            setup.Settings[$"Tools:McpServers:{server}:Consent"] = "Never";
    }

    [TestCase("stdio", "chat")]
    [TestCase("http", "responses")]
    public async Task Its_tools_are_called_over_both_ways(string server, string model)
    {
        ModelCalls(server, ($"{server}_echo", """{"message":"Hello"}"""), ($"{server}_get-sum", """{"a":2,"b":3}"""),
            ($"{server}_get-tiny-image", "{}"), ($"{server}_get-sum", """{"a":"two"}"""));

        await using var stream = await (await User.StreamAsync(Ask(server, model), Token)).ToEndAsync();

        var results = stream.Frames.Where(frame => frame.Event == "tool").Select(frame => frame.Json)
            .Where(call => call.GetProperty("state").GetString() is "done" or "failed")
            .OrderBy(call => call.GetProperty("name").GetString()).ThenBy(call => call.GetProperty("result").GetString())
            .Select(call => $"{call.GetProperty("state")} {call.GetProperty("result")}").ToList();
        Assert.That(results[0], Is.EqualTo("done Echo: Hello"));
        Assert.That(results[1], Does.StartWith("failed The arguments"));
        Assert.That(results[2], Is.EqualTo("done The sum of 2 and 3 is 5."));
        Assert.That(results[3], Does.StartWith("done ").And.Contain("[image 1]"));
        Assert.That(stream.Frames[^2].Data, Is.EqualTo("""{"reason":"completed"}"""));
    }

    [TestCase("stdio")]
    [TestCase("http")]
    public async Task Stop_ends_a_long_call_at_once(string server)
    {
        ModelCalls($"{server} long", ($"{server}_trigger-long-running-operation", """{"duration":600,"steps":600}"""));
        await using var stream = await User.StreamAsync(Ask($"{server} long"), Token);
        await stream.UntilEventAsync("tool");

        var watch = Stopwatch.StartNew();
        (await User.StopAsync(stream.GenerationId)).EnsureSuccessStatusCode();
        await stream.ToEndAsync();

        // The call would go on for longer than the test may take.
        if (Soak.IsOn)
            Assert.That(watch.Elapsed, Is.LessThan(TimeSpan.FromSeconds(5)));
        Assert.That(stream.Frames[^2].Data, Is.EqualTo("""{"reason":"stopped"}"""));
    }
}
