namespace ChatStream.Web.Hosting.SignIn;

/// <summary>How users are known.</summary>
internal enum SignInKind
{
    /// <summary>Each browser is a user of its own, known by a cookie. Everybody who reaches the page may use it.</summary>
    Browser,

    /// <summary>An OpenID Connect provider, such as Entra ID, signs users in.</summary>
    OpenIdConnect,

    /// <summary>A proxy in front signs users in, and names them in a header.</summary>
    Header,
}
