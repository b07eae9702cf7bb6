using Microsoft.AspNetCore.Mvc.ActionConstraints;

namespace ChatStream.Web.Controllers;

/// <summary>Selects the action for requests that name the last frame they have, in the header or in the query.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class ReconnectsAttribute : Attribute, IActionConstraint
{
    public int Order => 0;

    public bool Accept(ActionConstraintContext context)
    {
        var request = context.RouteContext.HttpContext.Request;
        return request.Headers[HeaderOrQuery.LastEventIdHeader].ToString().Length > 0
            || request.Query[HeaderOrQuery.LastEventIdParameter].ToString().Length > 0;
    }
}
