namespace ChatStream.Web.Contract;

/// <summary>To whom conversations belong: a browser (its identity cookie) or a program (its API key). Never shown to anyone else.</summary>
internal readonly record struct Owner(string Id);
