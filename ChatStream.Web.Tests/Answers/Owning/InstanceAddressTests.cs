using ChatStream.Web.Answers.Owning;
using NUnit.Framework;

namespace ChatStream.Web.Tests.Answers.Owning;

internal sealed class InstanceAddressTests
{
    [TestCase("http://[::]:8080", null, ExpectedResult = "http://host:8080")]
    [TestCase("http://0.0.0.0:8080", null, ExpectedResult = "http://host:8080")]
    [TestCase("http://+:8080", null, ExpectedResult = "http://host:8080")]
    [TestCase("http://*:80", null, ExpectedResult = "http://host:80")]
    [TestCase("http://[::]:8080", "10.1.2.3", ExpectedResult = "http://10.1.2.3:8080")]
    [TestCase("http://[::]:8080", "fd00::7", ExpectedResult = "http://[fd00::7]:8080")]
    [TestCase("http://127.0.0.1:5080", "10.1.2.3", ExpectedResult = "http://127.0.0.1:5080")]
    [TestCase("http://[::1]:5080", null, ExpectedResult = "http://[::1]:5080")]
    [TestCase("http://10.0.0.7:5080", null, ExpectedResult = "http://10.0.0.7:5080")]
    [TestCase("http://localhost:5080", null, ExpectedResult = "http://localhost:5080")]
    [TestCase("https://[::]:8443 http://[::]:8080", null, ExpectedResult = "http://host:8080")]
    [TestCase("https://[::]:8443", null, ExpectedResult = "https://host:8443")]
    [TestCase("", null, ExpectedResult = "")]
    public string The_address_is_where_others_reach_what_it_listens_on(string listening, string? podAddress) =>
        InstanceAddress.Of(
            listening.Split(' ', StringSplitOptions.RemoveEmptyEntries), name => name == "POD_IP" ? podAddress : null,
            () => "host");

    [TestCase("10.1.2.3", "9001", ExpectedResult = "http://10.1.2.3:9001")]
    [TestCase("10.1.2.3", "9001,9002", ExpectedResult = "http://10.1.2.3:9001")]
    [TestCase("fd00::7", "9001", ExpectedResult = "http://[fd00::7]:9001")]
    [TestCase("10.1.2.3", "9002", ExpectedResult = "http://10.1.2.3:8080", Description = "it does not listen there")]
    [TestCase("10.1.2.3", "", ExpectedResult = "http://10.1.2.3:8080")]
    [TestCase("10.1.2.3", null, ExpectedResult = "http://10.1.2.3:8080")]
    [TestCase("", "9001", ExpectedResult = "http://host:8080")]
    public string On_App_Service_it_is_the_private_port(string address, string? ports) => InstanceAddress.Of(
        ["http://[::]:8080", "http://[::]:9001"],
        name => name switch { PrivatePort.Address => address, PrivatePort.Ports => ports, _ => null }, () => "host");
}
