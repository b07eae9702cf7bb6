using ChatStream.Web.Contract;
using Microsoft.AspNetCore.Mvc.Filters;

namespace ChatStream.Web.Controllers;

/// <summary>
/// Lets administrators in only. Others are told so before anything is looked up: that the page is there stands in the
/// documentation, and what is on it they do not learn.
/// </summary>
[AttributeUsage(AttributeTargets.Class)]
internal sealed class AdminsOnlyAttribute : Attribute, IAuthorizationFilter
{
    public static readonly Refusal Refusal = new(403, Field: null, "This is for administrators.") { Code = "not_admin" };

    public void OnAuthorization(AuthorizationFilterContext context)
    {
        if (!context.HttpContext.Rights().IsAdmin)
            context.Result = ProblemResult.Of(Refusal);
    }
}
