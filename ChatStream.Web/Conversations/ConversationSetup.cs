using ChatStream.Web.Settings;
using Microsoft.Extensions.Options;

namespace ChatStream.Web.Conversations;

internal static class ConversationSetup
{
    public static IServiceCollection AddConversations(this IServiceCollection services)
    {
        services.AddCheckedOptions<PromptOptions>(PromptOptions.Section);
        services.AddSingleton<IValidateOptions<PromptOptions>, PromptOptions.RoomCheck>();
        services.AddCheckedOptions<ConversationOptions>(ConversationOptions.Section);
        services.AddSingleton<TokenCounter>();
        services.AddHostedService<TokenCounter.WarmUp>();
        services.AddSingleton<PromptRoom>();
        services.AddSingleton<ContextBuilder>();
        services.AddSingleton<LongReads>();
        services.AddSingleton<ConversationList>();
        services.AddSingleton<ConversationImporter>();
        services.AddSingleton<ConversationLibrary>();
        services.AddSingleton<IConversationLibrary>(provider => provider.GetRequiredService<ConversationLibrary>());
        services.AddSingleton<ModelTitles>();
        services.AddSingleton<Removal>();
        services.AddHostedService(provider => provider.GetRequiredService<Removal>());
        services.AddSingleton<RetentionClock>();
        services.AddHostedService<Retention>();
        return services;
    }
}
