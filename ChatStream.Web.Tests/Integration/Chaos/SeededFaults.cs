using System.Globalization;
using ChatStream.Web.Tests.Infrastructure;

namespace ChatStream.Web.Tests.Integration.Chaos;

/// <summary>
/// Chooses the fault of each connection. A header names the reader and the number of connections it has lost, so the same seed
/// gives the same faults in any order of connections.
/// </summary>
internal sealed class SeededFaults(int seed)
{
    public const string Header = "Chaos";

    /// <summary>The number of losses after which a reader has no more faults, so that each reader reaches the end.</summary>
    private const int MostLosses = 12;

    private const int Headers = 600; // and the first frame, about

    private const int Farthest = 24_000;

    public static string Of(int generation, int reader, int attempt) => $"{generation}.{reader}.{attempt}";

    public Fault Choose(Exchange exchange)
    {
        var at = exchange.Head.IndexOf($"\r\n{Header}: ", StringComparison.OrdinalIgnoreCase);
        if (at < 0)
            return Fault.None;
        var whose = exchange.Head[(at + Header.Length + 4)..];
        var numbers = whose[..whose.IndexOf('\r', StringComparison.Ordinal)].Split('.')
            .Select(n => int.Parse(n, CultureInfo.InvariantCulture)).ToList();
        return Choose(numbers[0], numbers[1], numbers[2]);
    }

    private Fault Choose(int generation, int reader, int attempt)
    {
        var random = new Random(unchecked((((((seed * 397) + generation) * 397) + reader) * 397) + attempt));
        int? tear = random.Next(3) == 0 ? random.Next() : null;
        if (attempt >= MostLosses)
            return new Fault(null) { Tear = tear };
        var after = random.Next(6) == 0 ? random.Next(Headers) : random.Next(Headers, Farthest);
        return new Fault(after, Reset: random.Next(2) == 0)
        {
            Tear = tear,
            Stall = random.Next(8) == 0 ? TimeSpan.FromMilliseconds(random.Next(1, 60)) : TimeSpan.Zero,
        };
    }
}
