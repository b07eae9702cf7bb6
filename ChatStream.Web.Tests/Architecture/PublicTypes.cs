using System.Reflection;
using System.Text.RegularExpressions;
using ChatStream.Web.Tests.Infrastructure;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Razor.TagHelpers;

namespace ChatStream.Web.Tests.Architecture;

/// <summary>
/// The types that must be public: controllers and tag helpers, the types that a view names, and every type in a public signature
/// of one of these, and so on.
/// </summary>
internal sealed partial class PublicTypes
{
    private readonly HashSet<Type> _found = [];

    public static IReadOnlySet<Type> NeededIn(IReadOnlyCollection<Type> types)
    {
        var named = NamesInViews();
        var walk = new PublicTypes();
        foreach (var type in types)
        {
            if (type.IsSubclassOf(typeof(ControllerBase)) || type.IsSubclassOf(typeof(TagHelper)) || named.Contains(type.Name))
                walk.Visit(type);
        }
        return walk._found;
    }

    private static HashSet<string> NamesInViews() =>
        [.. Directory.GetFiles(Path.Combine(Repository.Root, "ChatStream.Web", "Views"), "*.cshtml", SearchOption.AllDirectories)
            .SelectMany(path => Name().Matches(File.ReadAllText(path))).Select(match => match.Value)];

    private void Visit(Type type)
    {
        foreach (var part in type.GetGenericArguments().Append(type.GetElementType()))
        {
            if (part is { IsGenericParameter: false })
                Visit(part);
        }
        if (type.IsGenericParameter || type.Assembly != typeof(Program).Assembly || !_found.Add(type))
            return;
        foreach (var next in InSignatures(type))
            Visit(next);
    }

    private static IEnumerable<Type> InSignatures(Type type)
    {
        const BindingFlags Public = BindingFlags.Public | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;
        return type.GetConstructors(Public).SelectMany(constructor => constructor.GetParameters())
            .Concat(type.GetMethods(Public).SelectMany(method => method.GetParameters().Append(method.ReturnParameter)))
            .Select(parameter => parameter.ParameterType)
            .Concat(type.GetProperties(Public).Select(property => property.PropertyType))
            .Concat(type.GetFields(Public).Select(field => field.FieldType))
            .Concat(type.GetInterfaces())
            .Concat(new[] { type.BaseType, type.DeclaringType }.OfType<Type>());
    }

    [GeneratedRegex(@"\b[A-Z]\w+\b")]
    private static partial Regex Name();
}
