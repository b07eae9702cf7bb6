using ChatStream.Web.Admin;
using ChatStream.Web.Contract;
using ChatStream.Web.Storage;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using NUnit.Framework;

namespace ChatStream.Web.Tests.Admin;

/// <summary>How long the numbers of entries that are left out may take, if the database takes none.</summary>
internal sealed class AuditLogTests
{
    private Numbers _numbers = null!;
    private AuditLog _audit = null!;

    [SetUp]
    public async Task LeaveOutAsync()
    {
        _numbers = new();
        _audit = new(
            _numbers, Options.Create(new AuditOptions()), new FakeTimeProvider(), NullLogger<AuditLog>.Instance);
        foreach (var name in new[] { "ada", "bob" })
        {
            var caller = new Caller(Owner.User("x", name), "10.0.0.1");
            for (var i = 0; i < AuditRate.MostSaved + 2; i++)
                await _audit.NoteAsync(caller, AuditAction.ConversationShared);
        }
    }

    [TearDown]
    public void Dispose() => _audit.Dispose();

    [Test]
    [CancelAfter(30_000)]
    public async Task A_stop_waits_for_them_as_long_as_it_may(CancellationToken token)
    {
        _numbers.Take = () => new TaskCompletionSource<int>().Task;
        using var over = new CancellationTokenSource();

        var stop = _audit.StopAsync(over.Token);
        Assert.That((stop.IsCompleted, _numbers.Begun), Is.EqualTo((false, 1)));
        await over.CancelAsync();

        await stop.WaitAsync(token);
    }

    [Test]
    public async Task The_others_are_noted_later_if_the_database_does_not_take_one()
    {
        _numbers.Take = () => Task.FromException<int>(new StorageException(new IOException("No answer")));
        await _audit.NoteLeftOutAsync();
        Assert.That(_numbers.Begun, Is.EqualTo(1));

        _numbers.Take = () => Task.FromResult(1);
        await _audit.NoteLeftOutAsync();
        await _audit.NoteLeftOutAsync();

        Assert.That(_numbers.Begun, Is.EqualTo(2));
    }

    /// <summary>A database that takes each entry. What becomes of a number that is noted later, a test says.</summary>
    private sealed class Numbers : IChatDatabase
    {
        private long _rows;

        public Func<Task<int>> Take { get; set; } = () => throw new InvalidOperationException("No number is noted yet.");

        /// <summary>Numbers that it was asked to take.</summary>
        public int Begun { get; private set; }

        public Task OpenAsync(CancellationToken cancellationToken) => throw new NotSupportedException();

        public ChatDbContext ReadAs(Owner owner) => throw new NotSupportedException();

        public async Task<T> WriteAsync<T>(Owner owner, Func<ChatDbContext, Task<T>> work)
        {
            if (typeof(T) == typeof(long?))
                return (T)(object)++_rows;
            Begun++;
            return (T)(object)await Take();
        }
    }
}
