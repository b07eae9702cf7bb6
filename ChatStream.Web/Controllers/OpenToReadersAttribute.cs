namespace ChatStream.Web.Controllers;

/// <summary>
/// Marks what may be read without an identity, as far as <c>Sharing:Who</c> allows: the identity middleware asks for none then.
/// </summary>
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Method)]
internal sealed class OpenToReadersAttribute : Attribute;
