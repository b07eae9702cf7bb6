namespace ChatStream.Web.Controllers;

/// <summary>A GET that is not safe: it starts a generation, so another site must not be able to cause it.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class StartsGenerationAttribute : Attribute;
