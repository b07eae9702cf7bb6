using ChatStream.Web.Contract;
using NUnit.Framework;

namespace ChatStream.Web.Tests.Contract;

internal sealed class IdsTests
{
    [Test]
    public void New_ids_are_ids_and_differ()
    {
        var ids = Enumerable.Range(0, 1_000).Select(_ => Ids.New()).ToList();

        Assert.That(ids, Has.All.Matches<string>(id => Ids.IsId(id)));
        Assert.That(ids, Has.All.Matches<string>(id => Uri.EscapeDataString(id) == id), "URL-safe");
        Assert.That(ids, Is.Unique);
    }

    [TestCase("0123456789-_AZaz", true)]
    [TestCase("", false)]
    [TestCase("0123456789-_AZa", false)]
    [TestCase("0123456789-_AZazz", false)]
    [TestCase("0123456789+_AZaz", false)]
    [TestCase("0123456789/_AZaz", false)]
    [TestCase("0123456789._AZaz", false)]
    [TestCase("0123456789 _AZaz", false)]
    [TestCase("0123456789é_AZaz", false)]
    [TestCase("0123456789%_AZaz", false)]
    public void Sixteen_url_safe_characters_are_an_id(string text, bool isId) => Assert.That(Ids.IsId(text), Is.EqualTo(isId));
}
