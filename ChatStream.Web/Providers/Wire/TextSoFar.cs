namespace ChatStream.Web.Providers.Wire;

/// <summary>Knows of a text that arrives in pieces whether a whole text begins with it, without keeping it.</summary>
internal sealed class TextSoFar
{
    private const ulong Prime = 0x100000001B3; // of the 64-bit FNV-1a hash
    private const ulong Basis = 0xCBF29CE484222325;

    private ulong _hash = Basis;

    /// <summary>Characters.</summary>
    public int Length { get; private set; }

    public void Add(string piece)
    {
        _hash = Hash(_hash, piece);
        Length += piece.Length;
    }

    /// <summary>What a whole text has after the pieces; null: nothing, or it does not begin with them.</summary>
    public string? RestOf(string whole) =>
        whole.Length > Length && Hash(Basis, whole.AsSpan(0, Length)) == _hash ? whole[Length..] : null;

    /// <summary>Whether a text is the same as the pieces together.</summary>
    public bool Is(string text) => text.Length == Length && Hash(Basis, text) == _hash;

    private static ulong Hash(ulong hash, ReadOnlySpan<char> text)
    {
        foreach (var character in text)
            hash = (hash ^ character) * Prime;
        return hash;
    }
}
