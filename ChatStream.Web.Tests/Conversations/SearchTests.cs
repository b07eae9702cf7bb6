using ChatStream.Web.Contract;
using ChatStream.Web.Tests.Infrastructure;
using NUnit.Framework;

namespace ChatStream.Web.Tests.Conversations;

/// <summary>Search finds the same on both databases. Each case lists every text that must be found.</summary>
[TestFixture(DatabaseKind.Sqlite)]
[TestFixture(DatabaseKind.Postgres)]
[CancelAfter(60_000)]
internal sealed class SearchTests(DatabaseKind kind)
{
    private static readonly Owner Ada = new("browser:ada");

    private static readonly Dictionary<string, string> Texts = new()
    {
        ["english"] = "The rate limiter don't care: it's a snake_case variable of 3.14 seconds.",
        ["french"] = "Un café crème à Besançon, s'il vous plaît; l'œuvre d'art",
        ["decomposed"] = "Cafe\u0301 noir",
        ["german"] = "Die Straße nach Überlingen ist GROẞ und naß",
        ["nordic"] = "Søren Kierkegård aß in Ærø; Łódź, Đurđević",
        ["greek"] = "Ὀδυσσεύς ΣΊΣΥΦΟΣ",
        ["turkish"] = "İstanbul ve ılık su",
        ["russian"] = "Ёлка и Йод, Привет МИР",
        ["arabic"] = "مُحَمَّد يكتب الكِتاب",
        ["hindi"] = "हिन्दी में लिखना",
        ["chinese"] = "我们讨论机器学习与深度学习的限制。人工智能",
        ["chinese-year"] = "二〇二六年五月",
        ["han-alone"] = "用 GPT写一首诗",
        ["rare-han"] = "𠮷野家と𠀋 𰻞𰻞麵",
        ["japanese"] = "東京タワーはとても高いです。ガラス、ｶﾞﾗｽ、がっこう",
        ["japanese-unvoiced"] = "からす",
        ["korean"] = "한국어 형태소를 분석합니다",
        ["thai"] = "ภาษาไทยไม่มีช่องว่าง กินน้ำ",
        ["wide"] = "ＡＢＣ１２３ ﬁnal ½",
        ["emoji"] = "Party 🎉🎉 time 👩‍👩‍👧 ok",
        ["operators"] = "AND OR NOT NEAR foo:bar a*b \"quoted\" back\\slash x&y|z !w (p) 'q'",
        ["code"] = "var x = Foo.Bar<T>(); // C# and C++",
        ["long"] = $"a {new string('z', 200)} b",
        ["no-character"] = "half \uFFFE and \uFFFF none \uFFFD",
    };

    private TestStore _store = null!;
    private readonly Dictionary<string, string> _names = [];

    [OneTimeSetUp]
    public async Task FillAsync()
    {
        _store = await TestStore.OpenAsync(kind);
        foreach (var (name, text) in Texts)
        {
            // The text is in the answer only, and not in the title.
            _names.Add(
                await _store.Library.ImportAsync(Ada, Trees.Of("…", Trees.Ask("q", null, "…"), Trees.Reply("a", "q", text))),
                name);
        }
        _names.Add(
            await _store.Library.ImportAsync(Ada, Trees.Of(
                "…", Trees.Ask("q", null, "…"), Trees.Reply("a", "q", "Der Zwi"), Trees.Reply("b", "a", "eback mit Apri"),
                Trees.Reply("c", "b", "ko"), Trees.Reply("d", "c", "sen"))),
            "continued");
    }

    [OneTimeTearDown]
    public async Task CloseAsync()
    {
        if (_store is not null)
            await _store.DisposeAsync();
    }

    [TestCase("zwieback", "continued")]
    [TestCase("aprikosen", "continued")]
    [TestCase("limiter", "english")]
    [TestCase("LIMITER", "english")]
    [TestCase("lim", "english")]
    [TestCase("rate lim", "english")]
    [TestCase("lim rate", "english")]
    [TestCase("rate café", "")]
    [TestCase("imiter", "")]
    [TestCase("don't", "english")]
    [TestCase("snake", "english")]
    [TestCase("snake_case", "english")]
    [TestCase("case_snake", "english")]
    [TestCase("3.14", "english")]
    [TestCase("314", "")]
    [TestCase("café", "french decomposed")]
    [TestCase("CAFE", "french decomposed")]
    [TestCase("cafe\u0301", "french decomposed")]
    [TestCase("creme", "french")]
    [TestCase("Besancon", "french")]
    [TestCase("œuvre", "french")]
    [TestCase("oeuvre", "french")]
    [TestCase("straße", "german")]
    [TestCase("strasse", "german")]
    [TestCase("STRASSE", "german")]
    [TestCase("groß", "german")]
    [TestCase("gross", "german")]
    [TestCase("nass", "german")]
    [TestCase("uberlingen", "german")]
    [TestCase("soren", "nordic")]
    [TestCase("aero", "nordic")]
    [TestCase("lodz", "nordic")]
    [TestCase("durdevic", "nordic")]
    [TestCase("οδυσσευσ", "greek")]
    [TestCase("σίσυφος", "greek")]
    [TestCase("istanbul", "turkish")]
    [TestCase("ilik", "turkish")]
    [TestCase("елка", "russian")]
    [TestCase("мир", "russian")]
    [TestCase("йод", "russian")]
    [TestCase("محمد", "arabic")]
    [TestCase("الكتاب", "arabic")]
    [TestCase("हिन्दी", "hindi")]
    [TestCase("लिख", "hindi")]
    [TestCase("机器", "chinese")]
    [TestCase("学习", "chinese")]
    [TestCase("限制", "chinese")]
    [TestCase("智能", "chinese")]
    [TestCase("机器学习", "chinese")]
    [TestCase("深度学习的限制", "chinese")]
    [TestCase("习学", "")]
    [TestCase("机", "chinese")]
    [TestCase("制", "chinese")]
    [TestCase("能", "chinese")]
    [TestCase("机器 智能", "chinese")]
    [TestCase("限制人工", "")]
    [TestCase("二〇二六", "chinese-year")]
    [TestCase("〇二", "chinese-year")]
    [TestCase("〇三", "")]
    [TestCase("用", "han-alone")]
    [TestCase("gpt写", "han-alone")]
    [TestCase("GPT 诗", "han-alone")]
    [TestCase("𠮷野", "rare-han")]
    [TestCase("𰻞麵", "rare-han")]
    [TestCase("𠀋", "rare-han")]
    [TestCase("東京", "japanese")]
    [TestCase("タワー", "japanese")]
    [TestCase("高い", "japanese")]
    [TestCase("ガラス", "japanese")]
    [TestCase("ｶﾞﾗｽ", "japanese")]
    [TestCase("カラス", "")]
    [TestCase("がっこう", "japanese")]
    [TestCase("かっこう", "")]
    [TestCase("からす", "japanese-unvoiced")]
    [TestCase("がらす", "")]
    [TestCase("한국어", "korean")]
    [TestCase("한국", "korean")]
    [TestCase("하", "korean")]
    [TestCase("형태소", "korean")]
    [TestCase("소를", "")]
    [TestCase("ไทย", "thai")]
    [TestCase("ช่องว่าง", "thai")]
    [TestCase("น้ำ", "thai")]
    [TestCase("นำ", "")]
    [TestCase("ชองวาง", "")]
    [TestCase("abc123", "wide")]
    [TestCase("ＡＢＣ", "wide")]
    [TestCase("final", "wide")]
    [TestCase("🎉", "")]
    [TestCase("🎉 party", "emoji")]
    [TestCase("?!… —", "")]
    [TestCase("\"quoted\"", "operators")]
    [TestCase("near foo", "operators")]
    [TestCase("NEAR(foo bar)", "operators")]
    [TestCase("foo:bar", "operators code")]
    [TestCase("terms:foo", "")]
    [TestCase("AND", "operators code no-character")]
    [TestCase("foo AND bar", "operators code")]
    [TestCase("foo OR nothing", "")]
    [TestCase("NOT foo", "operators")]
    [TestCase("-foo", "operators code")]
    [TestCase("*", "")]
    [TestCase("fo*", "operators code")]
    [TestCase("^foo", "operators code")]
    [TestCase("\"", "")]
    [TestCase("'", "")]
    [TestCase("'; DROP TABLE \"Messages\"; --", "")]
    [TestCase("back\\slash", "operators")]
    [TestCase("\\", "")]
    [TestCase("x & y | !z", "operators")]
    [TestCase("w:*", "operators")]
    [TestCase("foo<->bar", "operators code")]
    [TestCase("{terms} : foo", "")]
    [TestCase("C++", "english french decomposed code")]
    [TestCase("Foo.Bar<T>", "code")]
    [TestCase("\0", "")]
    [TestCase("half", "no-character")]
    [TestCase("\uFFFE", "")]
    [TestCase("none \uFFFE", "no-character")]
    public async Task A_query_finds_exactly_the_expected_texts(string query, string expected)
    {
        var page = await _store.Library.ListAsync(Ada, query, null, 100, CancellationToken.None);

        Assert.That(
            page.Conversations.Select(found => _names[found.Id]),
            Is.EquivalentTo(expected.Split(' ', StringSplitOptions.RemoveEmptyEntries)));
        foreach (var found in page.Conversations)
        {
            var excerpt = found.Found!.Excerpt;
            var text = Texts.GetValueOrDefault(_names[found.Id], "Der Zwieback mit Aprikosen");
            Assert.That(text, Does.Contain(string.Concat(excerpt.Select(part => part.Text)).Trim('…')));
            Assert.That(excerpt.Where(part => part.Match == true), Is.Not.Empty, "the words are marked");
        }
    }

    [Test]
    public async Task A_long_word_is_found_by_itself_and_by_its_beginning()
    {
        foreach (var length in new[] { 1, 40, 64, 65, 200, 5000 })
        {
            var page = await _store.Library.ListAsync(Ada, new string('z', length), null, 100, CancellationToken.None);
            Assert.That(page.Conversations.Select(found => _names[found.Id]), Does.Contain("long"), $"{length} letters");
        }
    }

    [TestCase("a ")]
    [TestCase("ab c")]
    [TestCase("机器")]
    [TestCase("机 ")]
    [TestCase("Straße ")]
    public async Task The_longest_possible_query_is_answered(string unit)
    {
        var long1 = string.Concat(Enumerable.Repeat(unit, 8000 / unit.Length));
        var long2 = string.Join(' ', Enumerable.Range(0, 4000).Select(i => $"{unit}{i}"));

        Assert.That((await _store.Library.ListAsync(Ada, long1, null, 100, CancellationToken.None)).Next, Is.Null);
        Assert.That((await _store.Library.ListAsync(Ada, long2, null, 100, CancellationToken.None)).Conversations, Is.Empty);
    }

    [TestCase(null)]
    [TestCase("")]
    [TestCase(" \t\u3000")]
    public async Task A_blank_query_lists_everything(string? query)
    {
        var page = await _store.Library.ListAsync(Ada, query, null, 100, CancellationToken.None);

        Assert.That(page.Conversations, Has.Count.EqualTo(_names.Count));
    }

    [TestCase("limiter")]
    [TestCase("机器")]
    [TestCase("用")]
    public async Task Conversations_of_another_owner_are_never_found(string query)
    {
        var page = await _store.Library.ListAsync(new Owner("browser:bob"), query, null, 100, CancellationToken.None);

        Assert.That(page.Conversations, Is.Empty);
    }
}
