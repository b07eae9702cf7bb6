namespace ChatStream.Web.Controllers;

/// <summary>Marks a GET that starts a generation. It is guarded like an unsafe method: other sites must not cause it.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class StartsGenerationAttribute : Attribute;
