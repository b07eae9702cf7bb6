using ChatStream.Web.Hosting.SignIn;
using Microsoft.Extensions.Configuration;
using NUnit.Framework;

namespace ChatStream.Web.Tests.Hosting;

/// <summary>Settings of the sign-in that do not go together. Here it is the header of a proxy.</summary>
internal sealed class SignInOptionsTests
{
    [TestCase("Header:Groups=", ExpectedResult = "")]
    [TestCase("Header:Groups= Header:Claims=X-MS-CLIENT-PRINCIPAL Tenants:0=one Roles:0=two", ExpectedResult = "")]
    [TestCase("Header:Claims=X-MS-CLIENT-PRINCIPAL", ExpectedResult = "Header:Groups", Description = "users may write it")]
    [TestCase("Header:Claims=X-MS-CLIENT-PRINCIPAL Header:Groups=X-Groups", ExpectedResult = "Header:Groups")]
    [TestCase("Tenants:0=one", ExpectedResult = "Tenants")]
    [TestCase("Roles:0=two", ExpectedResult = "Roles")]
    [TestCase("AdminValues:0=three", ExpectedResult = "AdminClaim")]
    [TestCase("AdminValues:0=three AdminClaim=groups", ExpectedResult = "")]
    [TestCase("Header:User=", ExpectedResult = "Header:User")]
    [TestCase("Header:From:1=everywhere", ExpectedResult = "Header:From:1")]
    public string What_does_not_go_together_is_named(string set)
    {
        var settings = new Dictionary<string, string?> { ["Kind"] = "Header", ["Header:From:0"] = "127.0.0.1" };
        foreach (var pair in set.Split(' ').Select(pair => pair.Split('=')))
            settings[pair[0]] = pair[1];
        var options = new ConfigurationBuilder().AddInMemoryCollection(settings).Build().Get<SignInOptions>()!;

        return string.Join(' ', options.Validate(new(options)).SelectMany(fault => fault.MemberNames));
    }
}
