using ChatStream.Web.Contract;
using ChatStream.Web.Storage;
using ChatStream.Web.Tests.Infrastructure;
using ChatStream.Web.Tests.Storage;
using ChatStream.Web.Usage;
using Microsoft.EntityFrameworkCore;
using NUnit.Framework;

namespace ChatStream.Web.Tests.Usage;

/// <summary>The names by which administrators know users.</summary>
internal sealed class UserBookTests(DatabaseKind kind) : StoreTest(kind)
{
    [Test]
    public async Task A_name_with_a_NUL_is_written_down_without_it()
    {
        var owner = Owner.User("issuer", "ada");
        var users = new UserBook(Store.Database, Store.Time);

        await users.NoteAsync(new Caller(owner, "10.0.0.1") { Name = "Ada\0Lovelace" });

        await using var db = Store.Database.ReadAs(owner);
        var known = await db.Set<KnownUser>().SingleAsync(user => user.OwnerId == owner.Id);
        Assert.That(known.Name, Is.EqualTo("Ada\uFFFDLovelace"));
    }
}
