namespace ChatStream.Web.Tests.Integration.Chaos;

/// <summary>Answers of 500 to 2,000 tokens, the same for the same seed: prose, Chinese and Japanese, emoji, code.</summary>
internal static class SeededTexts
{
    private static readonly string[] Words =
        [
            "the", " answer", " is", " a", " log", ",", " naïve", " Ångström", ".\n\n", " “quoted”", " \\escaped\\", "\t",
            " data:", " id: 7", " [DONE]", "…"];

    private static readonly string[] Characters =
        ["流", "れる", "答え", "は", "失われない", "。", "数据", "不会", "丢失", "，", "한국어", "\u3000", "𠮷", "𩸽"];

    // Sequences of several characters, most of them joined by U+200D, and halves of flags.
    private static readonly string[] Emoji =
        ["👩‍💻", "👨‍👩‍👧‍👦", "🏳️‍🌈", "🇩🇪", "🧑🏽‍🚀", "❤️‍🔥", "😀", "1️⃣", "é", "👋🏿"];

    private static readonly string[] Code =
        [
            "```cs\n", "for (var i = 0; ", "i < n; i++)\r\n", "{\n    ", "\"\\u0041\"", "<script>", "&amp;", "\u2028",
            "event: stop\ndata: x\n\n", "}\n```\n", "\u0001"];

    private static readonly string[][] Kinds = [Words, Characters, Emoji, Code];

    /// <param name="random">Decides everything about the text.</param>
    /// <param name="tokens">How many; one more where the last is torn.</param>
    public static IReadOnlyList<string> Tokens(Random random, int tokens)
    {
        var text = new List<string>(tokens);
        while (text.Count < tokens)
        {
            // Several tokens of one kind in a row, as in real answers.
            var kind = Kinds[random.Next(Kinds.Length)];
            for (var left = Math.Min(random.Next(5, 60), tokens - text.Count); left > 0 && text.Count < tokens; left--)
                text.AddRange(Torn(kind[random.Next(kind.Length)], random));
        }
        return text;
    }

    // Tokens of a model can end inside a visible character and even inside a surrogate pair.
    private static IEnumerable<string> Torn(string text, Random random)
    {
        if (text.Length < 2 || !text.Any(char.IsSurrogate) || random.Next(3) > 0)
            return [text];
        var at = random.Next(1, text.Length);
        return [text[..at], text[at..]];
    }
}
