using ChatStream.Web.Answers.Owning;
using Microsoft.Extensions.Configuration;
using NUnit.Framework;

namespace ChatStream.Web.Tests.Answers.Owning;

internal sealed class PrivatePortTests
{
    [TestCase("urls=http://*:8080", ExpectedResult = "urls=http://*:8080;http://+:30001")]
    [TestCase("http_ports=8080", ExpectedResult = "http_ports=8080;30001")]
    [TestCase("https_ports=8443", ExpectedResult = "https_ports=8443 http_ports=30001")]
    [TestCase("urls=http://*:80 http_ports=8080", ExpectedResult = "urls=http://*:80;http://+:30001 http_ports=8080")]
    [TestCase("", ExpectedResult = "urls=http://localhost:5000;http://+:30001")]
    [TestCase(
        "Kestrel:Endpoints:Own:Url=http://*:80",
        ExpectedResult = "Kestrel:Endpoints:Own:Url=http://*:80 Kestrel:Endpoints:Instances:Url=http://+:30001")]
    [TestCase("urls=http://+:8080;http://+:30001", ExpectedResult = "urls=http://+:8080;http://+:30001")]
    [TestCase("http_ports=8080;30001", ExpectedResult = "http_ports=8080;30001")]
    [TestCase("Kestrel:Endpoints:Own:Url=http://*:30001/", ExpectedResult = "Kestrel:Endpoints:Own:Url=http://*:30001/")]
    public string The_web_server_listens_on_it_too(string set)
    {
        using var settings = Settings(set, "30001,30002");

        settings.AddPrivatePort();

        return string.Join(' ', Keys.Where(key => settings[key] is not null).Select(key => $"{key}={settings[key]}"));
    }

    [TestCase(null)]
    [TestCase("")]
    [TestCase("none")]
    public void Without_one_nothing_changes(string? ports)
    {
        using var settings = Settings("http_ports=8080", ports);

        settings.AddPrivatePort();

        Assert.That((settings["http_ports"], settings["urls"]), Is.EqualTo(("8080", (string?)null)));
    }

    private static readonly string[] Keys =
        ["urls", "https_ports", "http_ports", "Kestrel:Endpoints:Own:Url", "Kestrel:Endpoints:Instances:Url"];

    private static ConfigurationManager Settings(string set, string? ports)
    {
        var settings = new ConfigurationManager { [PrivatePort.Ports] = ports };
        foreach (var pair in set.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(pair => pair.Split('=')))
            settings[pair[0]] = pair[1];
        return settings;
    }
}
