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
        services.AddSingleton<ConversationLibrary>();
        services.AddSingleton<IConversationLibrary>(provider => provider.GetRequiredService<ConversationLibrary>());
        services.AddSingleton<ModelTitles>();
        services.AddHostedService<Retention>();
        return services;
    }
}
