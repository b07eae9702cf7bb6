using System.ComponentModel.DataAnnotations;
using ChatStream.Web.Contract;

namespace ChatStream.Web.Sharing;

internal sealed class SharingOptions
{
    public const string Section = "Sharing";

    /// <summary>
    /// Who may read what users share. By default nobody sees more of this ChatStream than before: a share cannot leave the people
    /// who may use it.
    /// </summary>
    [EnumDataType(typeof(ShareReaders))]
    public ShareReaders Who { get; init; } = ShareReaders.SignedIn;

    /// <summary>How long a share is shown if the user chooses nothing else.</summary>
    [Range(typeof(TimeSpan), "00:10:00", "3650.00:00:00")]
    public TimeSpan ExpireAfter { get; init; } = TimeSpan.FromDays(30);

    /// <summary>The longest time that a user can choose.</summary>
    [Range(typeof(TimeSpan), "00:10:00", "3650.00:00:00")]
    public TimeSpan LongestFor { get; init; } = TimeSpan.FromDays(365);

    /// <summary>Conversations that one user shares at a time.</summary>
    [Range(1, 100_000)]
    public int MostPerUser { get; init; } = 100;

    /// <summary>Bytes of the texts of one share: it is one page.</summary>
    [Range(1024, 16 * 1024 * 1024)]
    public int MostBytes { get; init; } = 2 * 1024 * 1024;
}
