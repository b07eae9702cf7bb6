using Microsoft.AspNetCore.Mvc.ModelBinding;

namespace ChatStream.Web.Controllers;

/// <summary>Binds texts of the route exactly as they were sent. MVC would make a blank one null.</summary>
internal sealed class RouteBinder : IModelBinder
{
    public Task BindModelAsync(ModelBindingContext bindingContext)
    {
        var value = bindingContext.HttpContext.GetRouteValue(bindingContext.FieldName) as string;
        bindingContext.Result = ModelBindingResult.Success(value ?? "");
        return Task.CompletedTask;
    }

    internal sealed class Provider : IModelBinderProvider
    {
        public IModelBinder? GetBinder(ModelBinderProviderContext context) =>
            context.BindingInfo.BindingSource == BindingSource.Path && context.Metadata.ModelType == typeof(string)
                ? new RouteBinder()
                : null;
    }
}
