using System.Globalization;

namespace ChatStream.Web.Contract;

/// <summary>
/// A frame's <c>id</c> on the wire, which a client sends back as <c>Last-Event-ID</c>. It is <c>{G}.{n}</c> in the log of a
/// generation, and <c>{G}.s{n}</c> in the log of four frames that a stored answer is read from. G is the generation's id; n
/// counts from 0 without a gap.
/// </summary>
public readonly record struct FrameId(string GenerationId, int Number, bool OfStoredAnswer)
{
    /// <summary>Reads an id in its only spelling. Everything else, null included, is not an id.</summary>
    public static bool TryParse(string? text, out FrameId id)
    {
        id = default;
        if (text is null || text.Length < Ids.Length + 2 || text[Ids.Length] != '.' || !Ids.IsId(text.AsSpan(0, Ids.Length)))
            return false;

        var number = text.AsSpan(Ids.Length + 1);
        var stored = number[0] == 's';
        if (stored)
            number = number[1..];

        // Each number has one spelling: no sign, no space, no leading zero. The digits are checked here too, because int.TryParse
        // accepts NUL characters after a number.
        if (number.ContainsAnyExceptInRange('0', '9') || (number.Length > 1 && number[0] == '0')
            || !int.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out var n))
            return false;

        id = new FrameId(text[..Ids.Length], n, stored);
        return true;
    }

    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"{GenerationId}.{(OfStoredAnswer ? "s" : "")}{Number}");
}
