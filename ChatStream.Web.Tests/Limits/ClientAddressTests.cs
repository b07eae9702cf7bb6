using System.Net;
using ChatStream.Web.Limits;
using NUnit.Framework;

namespace ChatStream.Web.Tests.Limits;

internal sealed class ClientAddressTests
{
    [TestCase("10.1.2.3", "10.1.2.3")]
    [TestCase("::ffff:10.1.2.3", "10.1.2.3")]
    [TestCase("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64")]
    [TestCase("2001:db8:1:2::1", "2001:db8:1:2::/64")]
    [TestCase("fe80::1%3", "fe80::/64")]
    [TestCase("::1", "::/64")]
    public void An_address_counts_by_what_one_customer_has_of_it(string address, string counted) =>
        Assert.That(ClientAddress.Of(IPAddress.Parse(address)), Is.EqualTo(counted));

    [Test]
    public void Clients_without_an_address_share_one_name() => Assert.That(ClientAddress.Of(null), Is.EqualTo("unknown"));
}
