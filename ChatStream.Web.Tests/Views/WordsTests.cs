using System.Text.RegularExpressions;
using System.Xml.Linq;
using ChatStream.Web.Tests.Infrastructure;
using ChatStream.Web.Views;
using NUnit.Framework;

namespace ChatStream.Web.Tests.Views;

/// <summary>Every word of the page stands in the resources, in each language, and nowhere else.</summary>
internal sealed partial class WordsTests
{
    private static readonly string Web = Path.Combine(Repository.Root, "ChatStream.Web");
    private static readonly Dictionary<string, string> English = Read("Words.resx");

    private static string[] Others => [.. Language.All.Select(language => language.Culture).Where(culture => culture != "en")];

    [Test]
    public void Each_language_has_a_file_and_each_file_a_language() =>
        Assert.That(
            Directory.GetFiles(Path.Combine(Web, "Views"), "Words.*.resx").Select(Path.GetFileName),
            Is.EquivalentTo(Others.Select(culture => $"Words.{culture}.resx")));

    [TestCaseSource(nameof(Others))]
    public void The_languages_have_the_same_words_with_the_same_gaps(string culture)
    {
        var translated = Read($"Words.{culture}.resx");

        Assert.That(English, Is.Not.Empty);
        Assert.That(translated.Keys, Is.EquivalentTo(English.Keys));
        foreach (var (key, text) in English)
        {
            Assert.That(text, Is.Not.Empty, key);
            Assert.That(translated[key], Is.Not.Empty, key);
            Assert.That(Gaps(translated[key]), Is.EquivalentTo(Gaps(text)), key);
        }
    }

    [Test]
    public void Whatever_has_letters_in_English_is_translated()
    {
        var (german, chinese) = (Read("Words.de.resx"), Read("Words.zh.resx"));
        var words = English.Where(word => Letters().IsMatch(word.Value)).ToList();

        Assert.That(words.Where(word => !Han().IsMatch(chinese[word.Key])).Select(word => word.Key), Is.Empty);
        Assert.That(
            words.Where(word => word.Value == german[word.Key] && !SameInGerman().IsMatch(word.Value)).Select(word => word.Key),
            Is.Empty);
    }

    [Test]
    public void Every_word_that_is_asked_for_is_there()
    {
        var asked = Views().SelectMany(view => Asked().Matches(view.Text))
            .Concat(Scripts().SelectMany(script => AskedByScript().Matches(script.Text)))
            .Select(match => match.Groups[1].Value).ToList();
        var codes = Sources().SelectMany(source => RefusalCode().Matches(source.Text))
            .Select(match => $"refused.{match.Groups[1].Value}").ToList();

        Assert.That(asked, Has.Count.GreaterThan(50));
        Assert.That(codes, Has.Count.GreaterThan(8));
        // Some words come later than the page.
        var known = English.Keys.Concat(English.Keys.Select(key => key.Replace("later.", "", StringComparison.Ordinal)));
        Assert.That(asked.Concat(codes).Distinct().Except(known), Is.Empty);
    }

    /// <summary>By its whole name, or, where the name is put together, by its last part.</summary>
    [Test]
    public void Every_word_is_used()
    {
        var texts = Views().Concat(Scripts()).Concat(Sources()).Select(file => file.Text).ToList();

        var unused = English.Keys.Where(key => !IsNamedElsewhere(key) && !texts.Any(text =>
            text.Contains($"\"{key}\"", StringComparison.Ordinal)
            || (PutTogether().IsMatch(key)
                && text.Contains($"\"{key[(key.LastIndexOf('.') + 1)..]}\"", StringComparison.Ordinal))));

        Assert.That(unused, Is.Empty);
    }

    [Test]
    public void No_view_has_words_of_its_own()
    {
        var found = Views().SelectMany(view => Literals(view.Text).Select(text => $"{view.Name}: {text}")).ToList();

        Assert.That(found, Is.Empty);
    }

    [TestCase("<p>Hello</p>", "Hello")]
    [TestCase("<p title=\"Hello\">@L[\"a.b\"]</p>", "Hello")]
    [TestCase("@if (a)\n{\n<b>@x</b> there\n}", "there")]
    [TestCase("<p>@(a ? \"yes, sir\" : null)</p>", "yes, sir")]
    public void The_search_finds_words_where_there_are_some(string view, string words) =>
        Assert.That(Literals(view), Is.EqualTo(new[] { words }));

    /// <summary>What stands between tags, in attributes that are read out, and in strings with a space in them.</summary>
    private static IEnumerable<string> Literals(string view)
    {
        var markup = Comment().Replace(CodeBlock().Replace(view, ""), "").Replace("=>", "", StringComparison.Ordinal);
        var read = ReadAttribute().Matches(markup).Select(match => match.Groups[1].Value)
            .Concat(SpokenString().Matches(markup).Select(match => match.Groups[1].Value));
        var between = Text().Matches(markup).SelectMany(match => match.Groups[1].Value.Split('\n'))
            .Where(line => !Statement().IsMatch(line)).Select(line => Expression().Replace(line, " "));
        return read.Concat(between).Select(text => text.Trim()).Where(text => Letters().IsMatch(text) && !Names().IsMatch(text));
    }

    private static IEnumerable<string> Gaps(string text) => Gap().Matches(text).Select(match => match.Value).Distinct();

    /// <summary>Categories are named by the content filter, efforts by the settings.</summary>
    private static bool IsNamedElsewhere(string key) =>
        key.StartsWith("category.", StringComparison.Ordinal) || key.StartsWith("severity.", StringComparison.Ordinal)
        || key.StartsWith("script.effort.", StringComparison.Ordinal)
        || key.StartsWith("later.", StringComparison.Ordinal)
        || key.StartsWith("admin.did.", StringComparison.Ordinal) // by the audit log's actions
        || key.StartsWith("script.tool.", StringComparison.Ordinal) // by the states of calls
        || key.StartsWith("settings.", StringComparison.Ordinal) // by the choices of preferences
        || key.StartsWith("demo.", StringComparison.Ordinal) // by what the demo model acts out
        || key.StartsWith("script.verbosity.", StringComparison.Ordinal);

    private static List<(string Name, string Text)> Views() => Files("Views", "*.cshtml");

    private static List<(string Name, string Text)> Scripts() => Files("Client", "*.ts");

    private static List<(string Name, string Text)> Sources() =>
    [
        .. new[]
            {
                "Controllers", "Conversations", "Answers", "Limits", "Usage", "Admin", "Diagnosis", "Files", "Prompts",
                "Sharing", "Views",
            }
            .SelectMany(folder => Files(folder, "*.cs")),
    ];

    private static List<(string Name, string Text)> Files(string folder, string pattern) =>
        [.. Directory.GetFiles(Path.Combine(Web, folder), pattern, SearchOption.AllDirectories)
            .Select(path => (Path.GetFileName(path), File.ReadAllText(path)))];

    private static Dictionary<string, string> Read(string name) => XDocument.Load(Path.Combine(Web, "Views", name))
        .Root!.Elements("data")
        .ToDictionary(data => data.Attribute("name")!.Value, data => data.Element("value")!.Value);

    [GeneratedRegex("^(?:Budget|Deployments?|Import|minimal|Name|OK|Orange|Standard|Version)$")]
    private static partial Regex SameInGerman();

    [GeneratedRegex(@"\{\d\}")]
    private static partial Regex Gap();

    [GeneratedRegex("[A-Za-z]{2,}")]
    private static partial Regex Letters();

    [GeneratedRegex(@"\p{IsCJKUnifiedIdeographs}")]
    private static partial Regex Han();

    [GeneratedRegex("""[LH]\["([a-z][\w.-]+)"[\],]""")]
    private static partial Regex Asked();

    [GeneratedRegex("""word\("([\w.-]+)"[,)]""")]
    private static partial Regex AskedByScript();

    [GeneratedRegex("""(?:, |Code = |FormRefusal\(|Refuse\(|\? |: )"([a-z]+(?:_[a-z]+)+)"(?=[,);]| [}:])""")]
    private static partial Regex RefusalCode();

    [GeneratedRegex(
        @"^(?:script|day|refused|connection|trial|diagnose\.(?:check|fault|cause)|settings\.theme|usage\.(?:end|failure))"
        + @"\.[\w-]+$")]
    private static partial Regex PutTogether();

    [GeneratedRegex(@"@\{.*?^\}|@functions \{.*?^\}|@(?:model|using|inject|addTagHelper|section)\b[^\n]*",
        RegexOptions.Singleline | RegexOptions.Multiline)]
    private static partial Regex CodeBlock();

    [GeneratedRegex(@"@\*.*?\*@|<!--.*?-->|<!DOCTYPE[^>]*>", RegexOptions.Singleline)]
    private static partial Regex Comment();

    [GeneratedRegex("""\b(?:title|alt|placeholder|aria-label)="([^"@]+)""")]
    private static partial Regex ReadAttribute();

    [GeneratedRegex("""@\([^\n]*?"([A-Za-z][^"\n]*? [^"\n]*)"[^\n]*?\)""")]
    private static partial Regex SpokenString();

    [GeneratedRegex(""">([^<>]+)(?=<|$|\n\})""")]
    private static partial Regex Text();

    [GeneratedRegex("""@[LH]\[[^\]]*\](?:\.Value)?|@\((?>[^()]+|\((?<open>)|\)(?<-open>))*(?(open)(?!))\)|@[A-Za-z][\w.]*(?:\([^)]*\))?""")]
    private static partial Regex Expression();

    [GeneratedRegex(@"^\s*(?:@?(?:if|else|for|foreach|switch|case|break|default)\b|@await\b|@?[{}]|\w+ = .*;$)")]
    private static partial Regex Statement();

    [GeneratedRegex(@"^(?:ChatStream|· ChatStream|Enter|Shift|Ctrl|Esc|K|O|C)$")]
    private static partial Regex Names();
}
