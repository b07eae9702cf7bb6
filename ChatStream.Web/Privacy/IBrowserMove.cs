using ChatStream.Web.Contract;

namespace ChatStream.Web.Privacy;

/// <summary>What a browser wrote before its user had to sign in, for controllers.</summary>
public interface IBrowserMove
{
    /// <summary>How many conversations the browser still has. Without a browser 0.</summary>
    Task<int> CountAsync(Owner? browser, CancellationToken cancellationToken);

    /// <summary>
    /// Gives the user the prompts of the browser, and each conversation, whole, under the same id. One in which an answer is
    /// being written stays.
    /// If it fails in between, it can be called again.
    /// </summary>
    /// <returns>How many were moved.</returns>
    Task<int> MoveAsync(Owner browser, Owner user);
}
