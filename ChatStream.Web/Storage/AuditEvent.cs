using ChatStream.Web.Contract;

namespace ChatStream.Web.Storage;

/// <summary>What somebody did. It has ids and names, and never a text.</summary>
internal sealed class AuditEvent
{
    /// <summary>What administrators do. It is always noted, and they cannot take themselves out of it.</summary>
    public static IReadOnlyList<AuditAction> OfAdministrators { get; } =
    [
        AuditAction.AnswerStoppedByAdmin, AuditAction.AccountExportedByAdmin, AuditAction.AccountErasedByAdmin,
        AuditAction.FeedbackExported,
    ];

    /// <summary>Later ones have higher numbers.</summary>
    public long Id { get; init; }

    public required DateTimeOffset At { get; init; }

    /// <summary>Who did it.</summary>
    public required string OwnerId { get; init; }

    /// <summary>The name of that user, as it was then; null: there was none.</summary>
    public string? Name { get; init; }

    /// <summary>What was done.</summary>
    public required string Action { get; init; }

    /// <summary>The id of what it was done to; null: there is none.</summary>
    public string? Subject { get; init; }

    /// <summary>The address that the request came from; null: the settings do not let it be kept.</summary>
    public string? Address { get; init; }
}
