using System.ComponentModel.DataAnnotations;
using System.Globalization;
using ChatStream.Web.Contract;
using Microsoft.AspNetCore.Mvc.ModelBinding;
using Microsoft.AspNetCore.Mvc.ModelBinding.Metadata;

namespace ChatStream.Web.Controllers;

/// <summary>
/// Binds texts and whole numbers of the query exactly as they were sent: an empty value is not an absent one, a number has digits
/// only, and a parameter may not be repeated. A value that <see cref="RangeAttribute"/> or
/// <see cref="AllowedValuesAttribute"/> of the parameter rules out is refused with 400.
/// </summary>
internal sealed class QueryBinder(IReadOnlyList<object> attributes) : IModelBinder
{
    /// <exception cref="RefusedException">400, naming the parameter.</exception>
    public Task BindModelAsync(ModelBindingContext bindingContext)
    {
        var name = bindingContext.FieldName;
        if (!bindingContext.HttpContext.Request.Query.TryGetValue(name, out var sent))
            return Task.CompletedTask;
        if (sent.Count > 1)
            throw new RefusedException(400, name, $"{name} is given {sent.Count} times. It may be given once.");
        bindingContext.Result = ModelBindingResult.Success(
            bindingContext.ModelType == typeof(int) ? Number(name, sent.ToString()) : Text(name, sent.ToString()));
        return Task.CompletedTask;
    }

    private int Number(string name, string sent)
    {
        var range = attributes.OfType<RangeAttribute>().Single();
        return int.TryParse(sent, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            && range.IsValid(number)
            ? number
            : throw new RefusedException(400, name, $"{name} is a number from {range.Minimum} to {range.Maximum}.");
    }

    private string Text(string name, string sent)
    {
        var allowed = attributes.OfType<AllowedValuesAttribute>().SingleOrDefault();
        return allowed is null || allowed.IsValid(sent)
            ? sent
            : throw new RefusedException(400, name, $"{name} is {string.Join(" or ", allowed.Values)}.");
    }

    internal sealed class Provider : IModelBinderProvider
    {
        public IModelBinder? GetBinder(ModelBinderProviderContext context) =>
            context.BindingInfo.BindingSource == BindingSource.Query
            && (context.Metadata.ModelType == typeof(string) || context.Metadata.ModelType == typeof(int))
                ? new QueryBinder(context.Metadata is DefaultModelMetadata metadata ? metadata.Attributes.Attributes : [])
                : null;
    }
}
