namespace ChatStream.Web.Providers.Wire;

/// <summary>Looks for text in the data of an event that is not JSON.</summary>
internal static class BrokenEvent
{
    /// <summary>Whether it has a member of this name with at least one character of text.</summary>
    public static bool Has(ReadOnlySpan<byte> broken, ReadOnlySpan<byte> member)
    {
        for (int at; (at = broken.IndexOf(member)) >= 0;)
        {
            var isQuoted = at > 0 && broken[at - 1] == '"';
            broken = broken[(at + member.Length)..];
            if (isQuoted && broken is [(byte)'"', .. var rest] && IsText(rest.TrimStart(" \t"u8)))
                return true;
        }
        return false;
    }

    private static bool IsText(ReadOnlySpan<byte> rest) =>
        rest is [(byte)':', .. var value] && value.TrimStart(" \t"u8) is [(byte)'"', not (byte)'"', ..];
}
