namespace ChatStream.Web.Settings;

/// <summary>The origin that browsers see, for addresses that are told to other sites.</summary>
public interface IPublicOrigin
{
    /// <summary>The whole address of a path, such as <c>https://chat.example.org/s/a</c>.</summary>
    /// <param name="request">Any request of a browser: its host counts if the settings name no origin.</param>
    /// <param name="localPath">A path with <c>PathBase</c>.</param>
    string AddressFor(HttpRequest request, string localPath);
}
