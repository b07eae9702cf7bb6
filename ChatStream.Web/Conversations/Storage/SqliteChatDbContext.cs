using ChatStream.Web.Contract;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Design;

namespace ChatStream.Web.Conversations.Storage;

internal sealed class SqliteChatDbContext(DbContextOptions<SqliteChatDbContext> options, Owner owner) : ChatDbContext(options, owner)
{
    /// <summary>For <c>dotnet ef migrations add</c> only.</summary>
    internal sealed class DesignTime : IDesignTimeDbContextFactory<SqliteChatDbContext>
    {
        public SqliteChatDbContext CreateDbContext(string[] args) =>
            new(new DbContextOptionsBuilder<SqliteChatDbContext>().UseSqlite("Data Source=design.db").Options, default);
    }
}
