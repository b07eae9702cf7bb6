using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace ChatStream.Web.Contract;

/// <summary>
/// The owner of conversations: a browser, known by its identity cookie, a user who has signed in, or a program, known by its API
/// key.
/// The id is never shown to others.
/// </summary>
public readonly record struct Owner(string Id)
{
    private const string BrowserPrefix = "browser:";
    private const string UserPrefix = "user:";
    private const string ProgramPrefix = "key:";
    private const string DeletedPrefix = "deleted:";

    /// <summary>Has the conversations that were taken away from their owners, until their rows are removed.</summary>
    public static Owner Removed { get; } = new("removed:");

    /// <summary>Has the conversations that are being imported, until they are whole.</summary>
    public static Owner Importing { get; } = new("importing:");

    /// <summary>Has the entries of the audit log of all users who have erased everything.</summary>
    public static Owner Erased { get; } = new("erased:");

    /// <summary>Has the conversations that this owner has deleted, as long as they can be restored.</summary>
    public Owner Deleted => new(DeletedPrefix + Id);

    /// <summary>True for what <see cref="Deleted"/> returns.</summary>
    public bool IsDeleted => Id.StartsWith(DeletedPrefix, StringComparison.Ordinal);

    /// <summary>True for a browser that is a user of its own.</summary>
    public bool IsBrowser => Id.StartsWith(BrowserPrefix, StringComparison.Ordinal);

    /// <summary>True for a user who has signed in.</summary>
    public bool IsUser => Id.StartsWith(UserPrefix, StringComparison.Ordinal);

    /// <summary>True for a program with a key.</summary>
    public bool IsProgram => Id.StartsWith(ProgramPrefix, StringComparison.Ordinal);

    public static Owner NewBrowser() => new(BrowserPrefix + Ids.New());

    /// <param name="issuer">Who signs the user in.</param>
    /// <param name="subject">The user, as the issuer names one. May be of any length.</param>
    public static Owner User(string issuer, string subject) =>
        new(UserPrefix + Base64Url.EncodeToString(SHA256.HashData(Encoding.UTF8.GetBytes($"{issuer}\n{subject}"))));

    public static Owner Program(string keyName) => new(ProgramPrefix + keyName);

    /// <summary>The name of a program's key.</summary>
    public string KeyName => Id[ProgramPrefix.Length..];

    /// <summary>Eight characters that tell owners apart and say nothing of them, for administrators.</summary>
    public string Pseudonym => Base64Url.EncodeToString(SHA256.HashData(Encoding.UTF8.GetBytes(Id)).AsSpan(0, 6));

    /// <summary>
    /// The pseudonym. What the compiler writes for a record would be the id, and <see cref="Deleted"/> of <see cref="Deleted"/>
    /// without end, until the process dies of its stack.
    /// </summary>
    public override string ToString() => Id is null ? "" : Pseudonym;
}
