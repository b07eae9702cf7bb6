using System.Globalization;

namespace ChatStream.Web.Providers.Wire;

/// <summary>Where a text is between the tags around reasoning.</summary>
internal enum TagState
{
    Start,
    Reasoning,
    Gap,
    Text,
}

/// <summary>A place between the tags around reasoning, at which the text of an answer goes on over another connection.</summary>
/// <param name="State">Not <see cref="TagState.Text"/>: from there on nothing is taken out.</param>
/// <param name="HasReasoning">Whether reasoning came before.</param>
/// <param name="IsApart">Whether another piece of reasoning has begun, and nothing of it has come.</param>
/// <param name="Held">Has come and may be the beginning of a tag, or is white space before one.</param>
internal readonly record struct TagPlace(TagState State, bool HasReasoning, bool IsApart, string Held)
{
    private const char Mark = '~';

    /// <summary>Reads what <see cref="ToString"/> has written; null: it is not that.</summary>
    public static TagPlace? Parse(string text)
    {
        if (text is not [Mark, >= '0' and <= '2' and var state, '+' or '-', '+' or '-', ..] || text.Length % 4 != 0)
            return null;
        var held = new char[(text.Length / 4) - 1];
        for (var i = 0; i < held.Length; i++)
        {
            if (!ushort.TryParse(
                text.AsSpan(4 * (i + 1), 4), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var unit))
                return null;
            held[i] = (char)unit;
        }
        return new TagPlace((TagState)(state - '0'), text[2] == '+', text[3] == '+', new string(held));
    }

    /// <summary>
    /// A mark, the state, the two flags as <c>+</c> or <c>-</c>, and four digits for each character that is held: white space
    /// would end a part of a position. <c>~1+-003c002f</c> is within the reasoning, after <c>&lt;/</c>.
    /// </summary>
    public override string ToString() =>
        $"{Mark}{(char)('0' + (int)State)}{Sign(HasReasoning)}{Sign(IsApart)}"
        + string.Concat(Held.Select(unit => ((int)unit).ToString("x4", CultureInfo.InvariantCulture)));

    private static char Sign(bool isSet) => isSet ? '+' : '-';
}
