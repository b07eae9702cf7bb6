using System.Text;
using ChatStream.Web.Tools.Mcp;
using NUnit.Framework;

namespace ChatStream.Web.Tests.Tools.Mcp;

internal sealed class WholePairsTests
{
    [TestCase("""{"a":"\ud83d\ude00"}""", """{"a":"\ud83d\ude00"}""")]
    [TestCase("""{"a":"\uD83D"}""", """{"a":"\ufffd"}""")]
    [TestCase("""{"a":"\ude00\ud83d"}""", """{"a":"\ufffd\ufffd"}""")]
    [TestCase("""{"a":"\ud83d\ud83d\ude00"}""", """{"a":"\ufffd\ud83d\ude00"}""")]
    [TestCase("""{"a":"\ud83d\n\ude00"}""", """{"a":"\ufffd\n\ufffd"}""")]
    [TestCase("""{"a":"\\ud83d \\\ud83d"}""", """{"a":"\\ud83d \\\ufffd"}""")]
    [TestCase("""{"a":"\u00e4\"\ud83dx"}""", """{"a":"\u00e4\"\ufffdx"}""")]
    [TestCase("""no JSON \ud83""", """no JSON \ud83""")]
    [TestCase("""no JSON \ud83d\u""", """no JSON \ufffd\u""")]
    [TestCase("""no JSON \uzzzz \""", """no JSON \uzzzz \""")]
    public async Task A_half_of_a_pair_is_replaced_wherever_its_bytes_are_split(string sent, string read)
    {
        var bytes = Encoding.UTF8.GetBytes(sent);
        for (var split = 0; split <= bytes.Length; split++)
        {
            using var reader = new StreamReader(new WholePairs(new Pieces(bytes, split)));
            Assert.That(await reader.ReadToEndAsync(), Is.EqualTo(read), $"split at {split}");
        }
        using var byteByByte = new StreamReader(new WholePairs(new Pieces(bytes, split: null)));
        Assert.That(await byteByByte.ReadToEndAsync(), Is.EqualTo(read));
    }

    [Test]
    public void What_is_larger_than_the_buffer_stays_whole()
    {
        var text = string.Concat(Enumerable.Repeat("""x\ud83d\ude00""", 20_000));

        using var reader = new StreamReader(new WholePairs(new MemoryStream(Encoding.UTF8.GetBytes(text))));

        Assert.That(reader.ReadToEnd(), Is.EqualTo(text));
    }

    /// <summary>Comes in two pieces, or byte by byte.</summary>
    private sealed class Pieces(byte[] bytes, int? split) : MemoryStream(bytes)
    {
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            var most = split is not { } first ? 1 : Position < first ? first - (int)Position : buffer.Length;
            return base.ReadAsync(buffer[..Math.Min(most, buffer.Length)], cancellationToken);
        }
    }
}
