using ChatStream.Web.Contract;

namespace ChatStream.Web.Privacy;

/// <summary>What a browser wrote before its user had to sign in, for controllers.</summary>
public interface IBrowserMove
{
    /// <summary>What the browser still has. Without a browser nothing.</summary>
    Task<BrowserHas> FindAsync(Owner? browser, CancellationToken cancellationToken);

    /// <summary>
    /// Gives the user the prompts and the folders of the browser, and each conversation, whole, under the same id. One in which
    /// an answer is being written stays. A conversation stays pinned if there is room. If it fails in between, it can be called
    /// again.
    /// </summary>
    /// <returns>How many were moved.</returns>
    /// <exception cref="RefusedException">
    /// 409: the user would have too many prompts or folders. Nothing was moved.
    /// </exception>
    Task<int> MoveAsync(Owner browser, Owner user);
}
