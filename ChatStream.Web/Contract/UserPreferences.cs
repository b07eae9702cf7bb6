using Microsoft.AspNetCore.WebUtilities;

namespace ChatStream.Web.Contract;

/// <summary>How a user wants the page to be.</summary>
public sealed record UserPreferences
{
    /// <summary>The longest text of it, in a cookie or in the database.</summary>
    public const int Longest = 400;

    /// <summary>The choices of each preference, by its name in forms and texts. The first is the default.</summary>
    public static readonly IReadOnlyDictionary<string, IReadOnlyList<string>> Choices =
        new Dictionary<string, IReadOnlyList<string>>
        {
            ["theme"] = ["auto", "light", "dark"],
            ["size"] = ["normal", "small", "large", "huge"],
            ["sends"] = ["auto", "send", "line"],
            ["follow"] = ["on", "off"],
            ["figures"] = ["on", "off"],
            ["temporary"] = ["off", "on"],
        };

    private readonly Dictionary<string, string> _chosen = [];

    /// <summary>The language, such as <c>de</c>; null: the one that the browser asks for.</summary>
    public string? Language { get; init; }

    /// <summary>Names the notice that the user has closed; null: none.</summary>
    public string? Notice { get; init; }

    /// <summary>The choice of a preference.</summary>
    public string this[string name] => _chosen.GetValueOrDefault(name, Choices[name][0]);

    /// <summary>The same with another choice. A preference or a choice that there is not changes nothing.</summary>
    public UserPreferences With(string name, string choice)
    {
        if (!Choices.TryGetValue(name, out var choices) || !choices.Contains(choice))
            return this;
        var changed = this with { };
        changed._chosen.Remove(name);
        if (choice != choices[0])
            changed._chosen[name] = choice;
        return changed;
    }

    /// <summary>Reads what <see cref="ToString"/> wrote. What it does not know is left out.</summary>
    public static UserPreferences Parse(string? text)
    {
        if (text is null or { Length: > Longest })
            return new();
        var fields = QueryHelpers.ParseQuery(text);
        var parsed = new UserPreferences
        {
            Language = fields.TryGetValue("language", out var language) ? language[^1] : null,
            Notice = fields.TryGetValue("notice", out var notice) ? notice[^1] : null,
        };
        return Choices.Keys.Aggregate(
            parsed, (all, name) => fields.TryGetValue(name, out var choice) ? all.With(name, choice[^1] ?? "") : all);
    }

    /// <summary>What differs from the defaults.</summary>
    public Dictionary<string, string> ToDictionary()
    {
        IEnumerable<(string Name, string? Value)> all =
        [
            .. Choices.Keys.Select(name => (name, _chosen.GetValueOrDefault(name))), ("language", Language), ("notice", Notice),
        ];
        return all.Where(one => one.Value is not null).ToDictionary(one => one.Name, one => one.Value!);
    }

    /// <summary>What differs from the defaults, as <c>theme=dark&amp;size=large</c>.</summary>
    public override string ToString() =>
        string.Join('&', ToDictionary().Select(one => $"{one.Key}={Uri.EscapeDataString(one.Value)}"));

    public bool Equals(UserPreferences? other) => other is not null && ToString() == other.ToString();

    public override int GetHashCode() => ToString().GetHashCode(StringComparison.Ordinal);

    // The copy of a record must not share the dictionary.
    private UserPreferences(UserPreferences original)
    {
        (Language, Notice) = (original.Language, original.Notice);
        _chosen = new(original._chosen);
    }

    public UserPreferences()
    {
    }
}
