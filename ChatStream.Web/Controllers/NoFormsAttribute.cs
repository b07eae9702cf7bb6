using Microsoft.AspNetCore.Mvc.Filters;
using Microsoft.AspNetCore.Mvc.ModelBinding;

namespace ChatStream.Web.Controllers;

/// <summary>
/// Keeps MVC from reading the body as a form, for controllers that take JSON. MVC would read a body with the type of a form
/// before the parameters are bound, and would then leave all of them unset if the form is malformed.
/// </summary>
[AttributeUsage(AttributeTargets.Class)]
internal sealed class NoFormsAttribute : Attribute, IResourceFilter
{
    public void OnResourceExecuting(ResourceExecutingContext context)
    {
        context.ValueProviderFactories.RemoveType<FormValueProviderFactory>();
        context.ValueProviderFactories.RemoveType<FormFileValueProviderFactory>();
        context.ValueProviderFactories.RemoveType<JQueryFormValueProviderFactory>();
    }

    public void OnResourceExecuted(ResourceExecutedContext context)
    {
    }
}
