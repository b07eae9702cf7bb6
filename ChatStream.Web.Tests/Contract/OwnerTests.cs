using ChatStream.Web.Contract;
using NUnit.Framework;

namespace ChatStream.Web.Tests.Contract;

internal sealed class OwnerTests
{
    [Test]
    public void As_a_text_an_owner_and_a_caller_say_no_id_and_come_to_an_end()
    {
        var owner = new Owner("browser:ada");
        var caller = new Caller(owner, "10.0.0.1");

        Assert.That($"{owner}", Is.EqualTo(owner.Pseudonym));
        Assert.That($"{caller}", Does.Contain(owner.Pseudonym).And.Not.Contain("ada"));
        Assert.That($"{default(Owner)}", Is.Empty);
    }
}
