using System.Text;
using NUnit.Framework;

namespace ChatStream.Web.Tests.Providers.ChatCompletions;

/// <summary>An answer gives the same updates however the network cuts it.</summary>
[CancelAfter(120_000)]
internal sealed class SplitInputTests
{
    [TestCase("\n")]
    [TestCase("\r\n")]
    public async Task Every_split_of_the_input_gives_the_same_updates(string lineEnd)
    {
        var bytes = Encoding.UTF8.GetBytes(AzureStream.Text(lineEnd));
        var position = 0;
        using var client = TestModel.Behind(ScriptedService.Streaming(() => CutBody.At(bytes, position)));
        for (; position < bytes.Length; position++)
            Assert.That(await client.UpdatesAsync(), Is.EqualTo(AzureStream.Updates), $"cut at {position}");

        Assert.That(position, Is.GreaterThan(4_000));
    }

    [TestCase("\n", 1)]
    [TestCase("\n", 2)]
    [TestCase("\n", 3)]
    [TestCase("\n", 7)]
    [TestCase("\r\n", 1)]
    [TestCase("\r\n", 2)]
    [TestCase("\r\n", 3)]
    [TestCase("\r\n", 7)]
    public async Task A_few_bytes_per_read_give_the_same_updates(string lineEnd, int count)
    {
        var bytes = Encoding.UTF8.GetBytes(AzureStream.Text(lineEnd));
        using var client = TestModel.Behind(ScriptedService.Streaming(CutBody.EveryBytes(bytes, count)));

        Assert.That(await client.UpdatesAsync(), Is.EqualTo(AzureStream.Updates));
    }

    [Test]
    public async Task A_byte_order_mark_is_ignored()
    {
        using var client = TestModel.Behind(ScriptedService.Streaming("\ufeff" + AzureStream.Text("\n")));

        Assert.That(await client.UpdatesAsync(), Is.EqualTo(AzureStream.Updates));
    }
}
