namespace ChatStream.Web.Contract;

/// <summary>The sender of a request, as the limits count it.</summary>
/// <param name="Owner">The user or program.</param>
/// <param name="Address">The address it came from; an IPv6 address by its /64 network.</param>
public readonly record struct Caller(Owner Owner, string Address)
{
    /// <summary>A user who has erased everything. Nothing says which.</summary>
    public static Caller Erased { get; } = new(Owner.Erased, "") { Name = "erased" };

    /// <summary>
    /// The request came without an identity and got one. It counts with all others of its address that came without: otherwise a
    /// client that keeps no cookie would have no limits.
    /// </summary>
    public bool IsNew { get; init; }

    /// <summary>The page sent it.</summary>
    public bool IsPage { get; init; }

    private readonly Rights? _rights;

    /// <summary>What the sender may do.</summary>
    public Rights Rights { get => _rights ?? Rights.None; init => _rights = value == Rights.None ? null : value; }

    /// <summary>The name of a user who has signed in; null: there is none.</summary>
    public string? Name { get; init; }
}
