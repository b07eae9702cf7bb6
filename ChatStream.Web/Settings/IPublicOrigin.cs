namespace ChatStream.Web.Settings;

/// <summary>The origin that browsers see, for addresses that are told to other sites.</summary>
public interface IPublicOrigin
{
    /// <summary>Such as <c>https://chat.example.org</c>.</summary>
    /// <param name="request">Any request of a browser: its host counts if the settings name no origin.</param>
    string OriginFor(HttpRequest request);
}
