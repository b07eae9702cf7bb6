using System.Text.RegularExpressions;

namespace ChatStream.Web.Tests.Integration.Golden;

/// <summary>
/// The ids of one golden file, numbered as they come: <c>{G1}</c> is a generation, <c>{C1}</c> a conversation, <c>{M1}</c> a
/// message, <c>{F1}</c> a file, <c>{K1}</c> the key of a form. An answer has the id of its generation.
/// </summary>
internal sealed partial class GoldenIds
{
    private const string Id = "[A-Za-z0-9_-]{16}";

    private readonly Dictionary<string, string> _names = new(StringComparer.Ordinal);

    /// <summary>The text with a placeholder for each id, and for what else is random in it.</summary>
    public string Hide(string text)
    {
        foreach (Match match in Named().Matches(text))
        {
            var group = match.Groups.Values.Skip(1).Single(group => group.Success);
            if (!_names.ContainsKey(group.Value))
                _names.Add(group.Value, $"{{{group.Name}{_names.Values.Count(name => name[1] == group.Name[0]) + 1}}}");
        }
        foreach (var (id, name) in _names)
            text = text.Replace(id, name, StringComparison.Ordinal);
        text = Cookie().Replace(text, "$1{instance}={cookie}");
        text = Trace().Replace(text, "{traceId}");
        text = FileTokens().Replace(text, "{tokens}");
        return Fingerprint().Replace(text, "{fingerprint}");
    }

    /// <summary>The text with each id in the place of its placeholder.</summary>
    public string Show(string text)
    {
        foreach (var (id, name) in _names)
            text = text.Replace(name, id, StringComparison.Ordinal);
        return text;
    }

    [GeneratedRegex(
        "\"id\":\"(?<C>" + Id + ")\",\"title\""
        + "|\"generationId\":\"(?<G>" + Id + ")\"|^id: (?<G>" + Id + ")\\.|^Location: /chat/stream/(?<G>" + Id + ")$"
        + "|\"conversationId\":\"(?<C>" + Id + ")\"|data-conversation-id=\"(?<C>" + Id + ")\""
        + "|/(?:chat|conversations)/(?<C>" + Id + ")(?![\\w-])|^Location: /files/(?<F>" + Id + ")$"
        + "|\"next\":\"\\d+\\.(?<C>" + Id + ")\"|\"(?:id|messageId|parentId|leafId)\":\"(?<M>" + Id + ")\""
        + "|data-(?:message|parent|leaf|part)-id=\"(?<M>" + Id + ")\"|(?<=data-siblings=\"[\\w -]*)(?<M>" + Id + ")(?=[ \"])"
        + "|name=\"formKey\" value=\"(?<K>" + Id + ")\"", RegexOptions.Multiline)]
    private static partial Regex Named();

    [GeneratedRegex("^(Set-Cookie: chatstream-)[\\w-]+=[^;]+", RegexOptions.Multiline)]
    private static partial Regex Cookie();

    [GeneratedRegex("(?<=\"traceId\":\")[^\"]+")]
    private static partial Regex Trace();

    /// <summary>The id of a text stands in what the model gets, and takes one token more or less.</summary>
    [GeneratedRegex("(?<=\"mediaType\":\"text/plain\",\"bytes\":\\d+,\"tokens\":)\\d+")]
    private static partial Regex FileTokens();

    [GeneratedRegex("(?<=/[\\w-]+\\.)[a-z0-9]{10}(?=\\.(?:js|css|svg)\")")]
    private static partial Regex Fingerprint();
}
