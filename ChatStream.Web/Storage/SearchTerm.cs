namespace ChatStream.Web.Storage;

/// <summary>A term that a text must have; as a prefix, the beginning of one.</summary>
internal readonly record struct SearchTerm(string Term, bool IsPrefix);
