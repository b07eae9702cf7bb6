using ChatStream.Web.Contract;
using Microsoft.AspNetCore.Mvc.ModelBinding;

namespace ChatStream.Web.Controllers;

/// <summary>
/// Binds texts of headers exactly as they were sent. A header that holds one value may not be repeated: MVC would join the two
/// into a third one that no client meant.
/// </summary>
internal sealed class HeaderBinder : IModelBinder
{
    /// <exception cref="RefusedException">400, naming the header.</exception>
    public Task BindModelAsync(ModelBindingContext bindingContext)
    {
        var name = bindingContext.FieldName;
        if (!bindingContext.HttpContext.Request.Headers.TryGetValue(name, out var sent))
            return Task.CompletedTask;
        if (sent.Count > 1)
            throw new RefusedException(400, name, $"{name} is given {sent.Count} times. It may be given once.");
        bindingContext.Result = ModelBindingResult.Success(sent.ToString());
        return Task.CompletedTask;
    }

    internal sealed class Provider : IModelBinderProvider
    {
        public IModelBinder? GetBinder(ModelBinderProviderContext context) =>
            context.BindingInfo.BindingSource == BindingSource.Header && context.Metadata.ModelType == typeof(string)
                ? new HeaderBinder()
                : null;
    }
}
