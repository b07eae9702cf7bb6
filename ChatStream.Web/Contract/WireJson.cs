using System.Text.Json;
using System.Text.Json.Serialization;

namespace ChatStream.Web.Contract;

/// <summary>
/// The JSON of the contract. Members are camelCase; a null member is left out; only what JSON demands is escaped. A body with an
/// unknown member is invalid, and so is one that has a member twice: readers differ in which of the two they take.
/// </summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    AllowDuplicateProperties = false,
    RespectNullableAnnotations = true,
    Converters = [typeof(ClosedSetConverter)])]
[JsonSerializable(typeof(StartPayload))]
[JsonSerializable(typeof(StatusPayload))]
[JsonSerializable(typeof(UsagePayload))]
[JsonSerializable(typeof(FailurePayload))]
[JsonSerializable(typeof(FinishPayload))]
[JsonSerializable(typeof(SnapshotPayload))]
[JsonSerializable(typeof(ToolPayload))]
[JsonSerializable(typeof(ToolDecision))]
[JsonSerializable(typeof(Answer))]
[JsonSerializable(typeof(StartRequest))]
[JsonSerializable(typeof(ConversationPage))]
[JsonSerializable(typeof(ConversationTree))]
[JsonSerializable(typeof(ConversationSummary))]
[JsonSerializable(typeof(ConversationChange))]
[JsonSerializable(typeof(ConversationIds))]
[JsonSerializable(typeof(ImportReport))]
[JsonSerializable(typeof(ConversationMove))]
[JsonSerializable(typeof(FolderList))]
[JsonSerializable(typeof(FolderEntry))]
[JsonSerializable(typeof(FolderRequest))]
[JsonSerializable(typeof(FolderChange))]
[JsonSerializable(typeof(ContextState))]
[JsonSerializable(typeof(SummaryNode))]
[JsonSerializable(typeof(SummaryRequest))]
[JsonSerializable(typeof(SummaryText))]
[JsonSerializable(typeof(FeedbackRequest))]
[JsonSerializable(typeof(FeedbackNode))]
[JsonSerializable(typeof(FeedbackPage))]
[JsonSerializable(typeof(ShareRequest))]
[JsonSerializable(typeof(NewShare))]
[JsonSerializable(typeof(ShareList))]
[JsonSerializable(typeof(List<ShareEntry>))]
[JsonSerializable(typeof(FileEntry))]
[JsonSerializable(typeof(PromptList))]
[JsonSerializable(typeof(PromptEntry))]
[JsonSerializable(typeof(PromptText))]
[JsonSerializable(typeof(PromptChange))]
[JsonSerializable(typeof(Dictionary<string, string>))]
[JsonSerializable(typeof(ModelList))]
[JsonSerializable(typeof(UsageReport))]
[JsonSerializable(typeof(BudgetUse))]
[JsonSerializable(typeof(AdminReport))]
[JsonSerializable(typeof(InstanceState))]
[JsonSerializable(typeof(AuditPage))]
[JsonSerializable(typeof(AccountEntry))]
[JsonSerializable(typeof(IAsyncEnumerable<AuditEntry>))]
[JsonSerializable(typeof(TrialStartPayload))]
[JsonSerializable(typeof(TrialEventPayload))]
[JsonSerializable(typeof(TrialStatePayload))]
internal sealed partial class WireJson : JsonSerializerContext
{
    /// <summary>The instance to use. The generated <c>Default</c> lacks <see cref="MinimalEscaping"/>.</summary>
    public static WireJson Wire => Instance.Value;

    private static class Instance
    {
        // In a class of its own, because the generated part has static fields too, and the order of initialisation between two
        // parts of a class is undefined.
        internal static readonly WireJson Value =
            new(new JsonSerializerOptions(Default.Options) { Encoder = MinimalEscaping.Instance });
    }
}
