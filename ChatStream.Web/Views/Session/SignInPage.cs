namespace ChatStream.Web.Views.Session;

/// <summary>What a page of the sign-in says: keys of <see cref="Words"/>.</summary>
public sealed record SignInPage(string Heading, string Text)
{
    /// <summary>The view's name.</summary>
    public const string View = "SignIn";

    /// <summary>Whether the page goes on to the provider, to sign the user out there too.</summary>
    public bool IsLeaving => Heading == "sign-in.leaving";
}
