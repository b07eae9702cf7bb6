using ChatStream.Web.Tests.Infrastructure;

namespace ChatStream.Web.Tests.Integration.Fairness;

/// <summary>How much of each disturbance.</summary>
internal sealed record FairnessAmounts
{
    private static readonly FairnessAmounts Full = new()
    {
        Imports = 6,
        ImportBytes = 31 << 20,
        PathChanges = 100,
        PathMessages = 2_000,
        LongMessages = 20,
        LongMessageBytes = 1_000_000,
        Readers = 2_000,
        DeletedMessages = 10_000,
        Retained = 50,
        RetainedMessages = 10_000,
        Searches = 1_000,
        Starts = 500,
    };

    private static readonly FairnessAmounts Short = new()
    {
        Imports = 3,
        ImportBytes = 200_000,
        PathChanges = 50,
        PathMessages = 200,
        LongMessages = 3,
        LongMessageBytes = 100_000,
        Readers = 100,
        DeletedMessages = 1_000,
        Retained = 5,
        RetainedMessages = 100,
        Searches = 50,
        Starts = 50,
    };

    public required int Imports { get; init; }

    public required int ImportBytes { get; init; }

    public required int PathChanges { get; init; }

    public required int PathMessages { get; init; }

    public required int LongMessages { get; init; }

    public required int LongMessageBytes { get; init; }

    public required int Readers { get; init; }

    public required int DeletedMessages { get; init; }

    public required int Retained { get; init; }

    public required int RetainedMessages { get; init; }

    public required int Searches { get; init; }

    public required int Starts { get; init; }

    public static FairnessAmounts OfThisRun => Soak.IsOn ? Full : Short;
}
