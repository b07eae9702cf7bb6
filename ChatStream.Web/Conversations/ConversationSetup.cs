using ChatStream.Web.Conversations.Presets;
using ChatStream.Web.Settings;
using Microsoft.Extensions.Options;

namespace ChatStream.Web.Conversations;

internal static class ConversationSetup
{
    public static IServiceCollection AddConversations(this IServiceCollection services)
    {
        services.AddCheckedOptions<PromptOptions>(PromptOptions.Section);
        services.AddSingleton<IValidateOptions<PromptOptions>, PromptOptions.RoomCheck>();
        services.AddKnownSection<IReadOnlyList<PresetOptions>>(PresetListOptions.Section);
        services.AddOptions<PresetListOptions>()
            .BindConfiguration("").Configure<IConfiguration>(ReadEachPreset).ValidateOnStart();
        services.AddSingleton<IValidateOptions<PresetListOptions>, PresetCheck>();
        services.AddSingleton(PresetCatalog.From);
        services.AddCheckedOptions<ConversationOptions>(ConversationOptions.Section);
        services.AddSingleton<TokenCounter>();
        services.AddHostedService<TokenCounter.WarmUp>();
        services.AddSingleton<PromptRoom>();
        services.AddSingleton<ContextBuilder>();
        services.AddSingleton<SummaryStore>();
        services.AddCheckedOptions<FeedbackOptions>(FeedbackOptions.Section);
        services.AddSingleton<IFeedback, FeedbackStore>();
        services.AddSingleton<FolderStore>();
        services.AddSingleton<IFolders>(provider => provider.GetRequiredService<FolderStore>());
        services.AddSingleton<IWastebasket, Wastebasket>();
        // Made when it is needed: it needs imports, which need files, which need it for room.
        services.AddSingleton<Func<IWastebasket>>(provider => provider.GetRequiredService<IWastebasket>);
        services.AddHostedService<DeletedConversations>();
        services.AddSingleton<LongReads>();
        services.AddSingleton<ConversationList>();
        services.AddSingleton<ConversationImporter>();
        services.AddSingleton<ConversationLibrary>();
        services.AddSingleton<IConversationLibrary>(provider => provider.GetRequiredService<ConversationLibrary>());
        services.AddSingleton<Removal>();
        services.AddHostedService(provider => provider.GetRequiredService<Removal>());
        services.AddSingleton<RetentionClock>();
        services.AddHostedService<Retention>();
        services.AddSingleton<TemporaryConversations>();
        services.AddHostedService(provider => provider.GetRequiredService<TemporaryConversations>());
        return services;
    }

    // The binder silently skips an entry of a list that it cannot read. Reading each entry by itself throws, and names its key.
    private static void ReadEachPreset(PresetListOptions _, IConfiguration settings)
    {
        foreach (var preset in settings.GetSection(PresetListOptions.Section).GetChildren())
            preset.Get<PresetOptions>();
    }
}
