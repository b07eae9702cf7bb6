namespace ChatStream.Web.Answers.Keeping;

/// <summary>Goes on with answers that a process left running when it died, where their service has gone on with them.</summary>
internal interface ITakeover
{
    /// <summary>Takes over the answers for which that is possible. Each of them runs in this process then.</summary>
    /// <param name="orphans">Answers of other processes, which are gone.</param>
    /// <returns>The others, which have to be ended.</returns>
    /// <exception cref="Storage.StorageException">The database did not take it.</exception>
    Task<List<UnendedAnswer>> TakeOverAsync(IReadOnlyCollection<UnendedAnswer> orphans);

    /// <summary>
    /// Tells the services that go on with these answers that nobody needs them. It does not wait until a service has heard it.
    /// </summary>
    Task CancelAsync(IReadOnlyCollection<UnendedAnswer> answers);
}
