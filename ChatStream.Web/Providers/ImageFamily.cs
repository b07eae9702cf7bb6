namespace ChatStream.Web.Providers;

/// <summary>
/// Whether models of a family see images, and how their service counts them, by the makers' documentation (docs/files.md). A
/// deployment belongs to the family whose name its own begins with.
/// </summary>
/// <param name="Name">How the names of its deployments begin.</param>
internal sealed record ImageFamily(string Name)
{
    // An image in tiles is first made to fit into a square, then its shorter side is made no longer than this.
    private const double Square = 2048, ShorterSide = 768;
    private const int Tile = 512, Patch = 32, MostPatches = 1536;

    // Some families also have models for sound only.
    private static readonly string[] Blind = ["audio", "realtime", "transcribe", "tts"];

    private static readonly ImageFamily[] All =
    [
        new("gpt-4o"),
        new("gpt-4o-mini") { Base = 2833, PerTile = 5667 },
        new("gpt-4.1"),
        new("gpt-4.1-mini") { PerPatch = 1.62 },
        new("gpt-4.1-nano") { PerPatch = 2.46 },
        new("gpt-4.5"),
        new("gpt-4-turbo"),
        new("gpt-5") { Base = 70, PerTile = 140 },
        new("gpt-5-mini") { PerPatch = 1.62 },
        new("gpt-5-nano") { PerPatch = 2.46 },
        new("o1") { Base = 75, PerTile = 150 },
        new("o1-mini") { SeesImages = false },
        new("o1-preview") { SeesImages = false },
        new("o3") { Base = 75, PerTile = 150 },
        new("o3-mini") { SeesImages = false },
        new("o4-mini") { PerPatch = 1.72 },
    ];

    private static readonly ImageFamily Unknown = new("") { SeesImages = false };

    public bool SeesImages { get; private init; } = true;

    /// <summary>Tokens of an image, whatever its size.</summary>
    private int Base { get; init; } = 85;

    /// <summary>Tokens of each tile of 512 pixels in square.</summary>
    private int PerTile { get; init; } = 170;

    /// <summary>Tokens of each patch of 32 pixels in square; null: the family counts tiles.</summary>
    private double? PerPatch { get; init; }

    /// <param name="name">Of a deployment or a model. One that belongs to no family counts as gpt-4o does.</param>
    public static ImageFamily Of(string name) =>
        Blind.Any(word => name.Contains(word, StringComparison.OrdinalIgnoreCase)) ? Unknown
            : All.Where(family => IsIn(family, name)).MaxBy(family => family.Name.Length) ?? Unknown;

    /// <summary>Tokens of an image, in high detail.</summary>
    public int TokensOf(int width, int height) =>
        PerPatch is { } perPatch ? (int)Math.Ceiling(Patches(width, height) * perPatch) : Base + (PerTile * Tiles(width, height));

    // A name such as o365 is of another family.
    private static bool IsIn(ImageFamily family, string name) =>
        name.StartsWith(family.Name, StringComparison.OrdinalIgnoreCase)
        && (name.Length == family.Name.Length || !char.IsAsciiLetterOrDigit(name[family.Name.Length]));

    private static int Tiles(double width, double height)
    {
        var fit = Math.Min(1, Square / Math.Max(width, height));
        fit *= Math.Min(1, ShorterSide / (Math.Min(width, height) * fit));
        return Count(width * fit, Tile) * Count(height * fit, Tile);
    }

    // An image of too many patches is made smaller until they are few enough.
    private static int Patches(double width, double height)
    {
        var all = (long)Count(width, Patch) * Count(height, Patch);
        if (all <= MostPatches)
            return (int)all;
        var fit = Math.Sqrt(Patch * Patch * (double)MostPatches / (width * height));
        var (across, down) = (width * fit / Patch, height * fit / Patch);
        fit *= Math.Min(Math.Max(1, Math.Floor(across)) / across, Math.Max(1, Math.Floor(down)) / down);
        return Math.Min(MostPatches, Count(width * fit, Patch) * Count(height * fit, Patch));
    }

    // What is a hair more than a whole number came from the division.
    private static int Count(double length, int of) => Math.Max(1, (int)Math.Ceiling((length / of) - 1e-9));
}
