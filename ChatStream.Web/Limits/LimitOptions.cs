using System.ComponentModel.DataAnnotations;

namespace ChatStream.Web.Limits;

/// <summary>
/// Limits on what answers, imports, exports, uploads and new visitors may cost. A minute is any 60 seconds. An address is an IPv4
/// address or an IPv6 /64 network; programs with a key do not count by address.
/// </summary>
internal sealed class LimitOptions
{
    public const string Section = "Limits";

    /// <summary>The most generations that run at once, of all users.</summary>
    [Range(1, 100_000)]
    public int Running { get; init; } = 200;

    /// <summary>The most generations of one user that run at once.</summary>
    [Range(1, 100_000)]
    public int RunningPerUser { get; init; } = 5;

    /// <summary>The most generations that run at once for one address. An office behind one address has many users.</summary>
    [Range(1, 100_000)]
    public int RunningPerAddress { get; init; } = 50;

    /// <summary>The most generations that one user may start in a minute.</summary>
    [Range(1, 100_000)]
    public int StartsPerMinute { get; init; } = 30;

    /// <summary>The most generations that may be started from one address in a minute.</summary>
    [Range(1, 100_000)]
    public int StartsPerMinutePerAddress { get; init; } = 300;

    /// <summary>The most generations that all users together may start in a minute.</summary>
    [Range(1, 100_000)]
    public int StartsPerMinuteInAll { get; init; } = 3_000;

    /// <summary>The most readers of one answer at the same time.</summary>
    [Range(1, 100_000)]
    public int ReadersPerAnswer { get; init; } = 200;

    /// <summary>The most imports that are read and stored at once, of all users.</summary>
    [Range(1, 100_000)]
    public int ImportsAtOnce { get; init; } = 4;

    /// <summary>The most imports at once from one address, or of one program.</summary>
    [Range(1, 100_000)]
    public int ImportsAtOncePerAddress { get; init; } = 2;

    /// <summary>The most imports that one user may send in a minute.</summary>
    [Range(1, 100_000)]
    public int ImportsPerMinute { get; init; } = 20;

    /// <summary>The most imports that may be sent from one address in a minute.</summary>
    [Range(1, 100_000)]
    public int ImportsPerMinutePerAddress { get; init; } = 60;

    /// <summary>Bytes that the imported conversations of one user may take together. The last import may exceed it.</summary>
    [Range(1, 1L << 40)]
    public long ImportedBytesPerUser { get; init; } = 256L * 1024 * 1024;

    /// <summary>The most files in the imports of one user in a minute. One import has at most 200.</summary>
    [Range(200, 100_000)]
    public int ImportedFilesPerMinute { get; init; } = 1_000;

    /// <summary>
    /// The most exports and archives that are written at once, of all users. Each has a conversation in memory meanwhile.
    /// </summary>
    [Range(1, 100_000)]
    public int ExportsAtOnce { get; init; } = 8;

    /// <summary>The most exports and archives of one user at once.</summary>
    [Range(1, 100_000)]
    public int ExportsAtOncePerUser { get; init; } = 2;

    /// <summary>The most uploads that are read and stored at once, of all users. Each is in memory meanwhile.</summary>
    [Range(1, 100_000)]
    public int UploadsAtOnce { get; init; } = 8;

    /// <summary>The most uploads at once from one address, or of one program.</summary>
    [Range(1, 100_000)]
    public int UploadsAtOncePerAddress { get; init; } = 4;

    /// <summary>The most files that one user may upload in a minute.</summary>
    [Range(1, 100_000)]
    public int UploadsPerMinute { get; init; } = 60;

    /// <summary>The most files that may be uploaded from one address in a minute.</summary>
    [Range(1, 100_000)]
    public int UploadsPerMinutePerAddress { get; init; } = 300;

    /// <summary>The most connections that <c>/diagnose</c> measures at once, of all users. A user has one.</summary>
    [Range(1, 100_000)]
    public int TrialsAtOnce { get; init; } = 50;

    /// <summary>The most connections that are measured at once from one address.</summary>
    [Range(1, 100_000)]
    public int TrialsAtOncePerAddress { get; init; } = 10;

    /// <summary>The most streams that one user may measure by in a minute. The page takes three or four.</summary>
    [Range(1, 100_000)]
    public int TrialsPerMinute { get; init; } = 30;

    /// <summary>The most new identities that one address gets in a minute.</summary>
    [Range(1, 100_000)]
    public int IdentitiesPerMinutePerAddress { get; init; } = 100;
}
