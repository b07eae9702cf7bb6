using ChatStream.Web.Settings;
using Microsoft.AspNetCore.Authentication;

namespace ChatStream.Web.Hosting.SignIn;

internal static class SignInSetup
{
    /// <summary>Adds the ways in which users sign in. Which of them is used is a setting.</summary>
    public static void AddSignIn(this AuthenticationBuilder authentication)
    {
        var services = authentication.Services;
        services.AddCheckedOptions<SignInOptions>(SignInOptions.Section);
        services.AddSingleton<Admission>();
        services.AddSingleton<HeaderSignIn>();
        OpenIdSignIn.AddTo(authentication);
    }
}
