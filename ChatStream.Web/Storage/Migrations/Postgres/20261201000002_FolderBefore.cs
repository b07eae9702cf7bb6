using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace ChatStream.Web.Storage.Migrations.Postgres
{
    /// <inheritdoc />
    public partial class FolderBefore : Migration
    {
        /// <inheritdoc />
        // It runs outside a transaction. So it holds no other lock while it waits for readers.
        protected override void Up(MigrationBuilder migrationBuilder) => migrationBuilder.Sql(
            """DROP INDEX IF EXISTS "IX_Conversations_FolderBefore" """, suppressTransaction: true);

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
        }
    }
}
