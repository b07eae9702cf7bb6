using ChatStream.Web.Contract;
using ChatStream.Web.Conversations.Storage;
using Microsoft.Extensions.Options;

namespace ChatStream.Web.Conversations;

internal static class ConversationSetup
{
    public static IServiceCollection AddConversations(this IServiceCollection services)
    {
        services.AddCheckedOptions<DataOptions>(DataOptions.Section);
        services.AddCheckedOptions<PromptOptions>(PromptOptions.Section);
        services.AddSingleton<IChatDatabase>(provider => new SqliteDatabase(
            provider.GetRequiredService<IOptions<DataOptions>>().Value.FolderUnder(provider.GetRequiredService<IHostEnvironment>().ContentRootPath),
            provider.GetRequiredService<ILogger<SqliteDatabase>>()));
        services.AddSingleton<TokenCounter>();
        services.AddSingleton<StartWriter>();
        services.AddSingleton<ConversationStore>();
        services.AddSingleton<ContextBuilder>();
        return services;
    }
}
