using System.Globalization;

namespace ChatStream.Web.Contract;

/// <summary>
/// A frame's <c>id</c> on the wire and so what comes back as <c>Last-Event-ID</c>: <c>{G}.{n}</c> in a live log,
/// <c>{G}.s{n}</c> in the three-frame log of a stored answer. <c>n</c> counts from 0 without a gap.
/// </summary>
public readonly record struct FrameId(string GenerationId, int Number, bool OfStoredAnswer)
{
    public static bool TryParse(string? text, out FrameId id)
    {
        id = default;
        if (text is null || text.Length < Ids.Length + 2 || text[Ids.Length] != '.' || !Ids.IsId(text.AsSpan(0, Ids.Length)))
            return false;

        var number = text.AsSpan(Ids.Length + 1);
        var stored = number[0] == 's';
        if (stored)
            number = number[1..];

        // One spelling for each number: no sign, no space, no leading zero, and none of the NULs that the runtime lets follow.
        if (number.ContainsAnyExceptInRange('0', '9') || (number.Length > 1 && number[0] == '0')
            || !int.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out var n))
            return false;

        id = new FrameId(text[..Ids.Length], n, stored);
        return true;
    }

    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"{GenerationId}.{(OfStoredAnswer ? "s" : "")}{Number}");
}
