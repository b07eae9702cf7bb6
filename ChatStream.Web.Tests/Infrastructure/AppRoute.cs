using System.Text;
using ChatStream.Web.Controllers;
using Microsoft.AspNetCore.Mvc.Controllers;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Routing.Patterns;
using Microsoft.Extensions.DependencyInjection;

namespace ChatStream.Web.Tests.Infrastructure;

/// <summary>A route of a controller. Each id in its path is one that does not exist.</summary>
internal sealed record AppRoute(string Method, string Path, ControllerActionDescriptor Action)
{
    /// <summary>An id that is well-formed, and of nothing.</summary>
    public const string UnknownId = "AAAAAAAAAAAAAAAA";

    /// <summary>All of them, so that a table of routes lacks none.</summary>
    public static IReadOnlyList<AppRoute> AllOf(ChatApp app) =>
    [
        .. from endpoint in app.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
           let action = endpoint.Metadata.GetMetadata<ControllerActionDescriptor>()
           where action is not null
           from method in endpoint.Metadata.GetMetadata<HttpMethodMetadata>()!.HttpMethods
           select new AppRoute(method, PathOf(endpoint), action),
    ];

    /// <summary>Those that need a user who is known where users sign in. The pages that lead in and out need none.</summary>
    public static IReadOnlyList<AppRoute> Closed(ChatApp app) =>
        [.. AllOf(app).Where(route => route.Action.ControllerTypeInfo != typeof(SessionController))];

    public bool HasBody => Method is "POST" or "PATCH" or "PUT";

    /// <summary>A request without an identity of its own, with an empty object where the route takes a body.</summary>
    public HttpRequestMessage NewRequest(string query = "", string body = "{}") => new(new HttpMethod(Method), Path + query)
    {
        Content = HasBody ? new StringContent(body, Encoding.UTF8, "application/json") : null,
    };

    public override string ToString() => $"{Method} {Path}";

    private static string PathOf(RouteEndpoint endpoint) => "/" + string.Join('/', endpoint.RoutePattern.PathSegments.Select(
        segment => string.Concat(segment.Parts.Select(part =>
            part is RoutePatternLiteralPart literal ? literal.Content : UnknownId))));
}
