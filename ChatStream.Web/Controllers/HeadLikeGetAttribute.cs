using Microsoft.AspNetCore.Mvc.ActionConstraints;
using Microsoft.AspNetCore.Mvc.ApplicationModels;

namespace ChatStream.Web.Controllers;

/// <summary>
/// Each GET of the controller also answers HEAD, with the same headers: RFC 9110 9.3.2. The web server leaves the body out.
/// </summary>
[AttributeUsage(AttributeTargets.Class)]
internal sealed class HeadLikeGetAttribute : Attribute, IControllerModelConvention
{
    private static readonly string[] GetAndHead = [HttpMethods.Get, HttpMethods.Head];

    public void Apply(ControllerModel controller)
    {
        foreach (var selector in controller.Actions.SelectMany(action => action.Selectors))
        {
            Replace(
                selector.ActionConstraints,
                constraint => constraint is HttpMethodActionConstraint { HttpMethods: var methods } && IsGet(methods),
                new HttpMethodActionConstraint(GetAndHead));
            Replace(
                selector.EndpointMetadata,
                metadata => metadata is HttpMethodMetadata { HttpMethods: var methods } && IsGet(methods),
                new HttpMethodMetadata(GetAndHead));
        }
    }

    private static bool IsGet(IEnumerable<string> methods) => methods.SequenceEqual([HttpMethods.Get]);

    private static void Replace<T>(IList<T> all, Func<T, bool> isReplaced, T by)
    {
        for (var i = 0; i < all.Count; i++)
        {
            if (isReplaced(all[i]))
                all[i] = by;
        }
    }
}
