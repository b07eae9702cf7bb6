namespace ChatStream.Emulator.Wire;

/// <summary>
/// The values of <c>obfuscation</c> in the chunks of one answer. A service pads each chunk with it, so that the size of an
/// encrypted chunk does not betray the text. The same seed gives the same values.
/// </summary>
internal sealed class Padding(int seed)
{
    // In recorded streams, a text and its padding have 16 characters together, so a padding has 0 to 15.
    private const int Longest = 15;

    private const string Characters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

    private readonly Random _random = new(seed);

    public string Next() => new(_random.GetItems<char>(Characters, _random.Next(Longest + 1)));
}
