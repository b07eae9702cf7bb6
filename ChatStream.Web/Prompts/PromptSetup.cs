using ChatStream.Web.Settings;
using Microsoft.Extensions.Options;

namespace ChatStream.Web.Prompts;

internal static class PromptSetup
{
    /// <summary>Adds the first screen and the library of prompts.</summary>
    public static IServiceCollection AddPrompts(this IServiceCollection services)
    {
        services.AddCheckedOptions<PromptLibraryOptions>(PromptLibraryOptions.Section);
        services.AddCheckedOptions<WelcomeOptions>(WelcomeOptions.Section);
        services.AddSingleton<IValidateOptions<PromptLibraryOptions>, TeamPromptCheck>();
        services.AddSingleton<IValidateOptions<WelcomeOptions>, TeamPromptCheck>();
        services.AddSingleton(Welcome.From);
        services.AddSingleton<IPromptBook, PromptBook>();
        return services;
    }
}
