using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace ChatStream.Web.Storage.Migrations.Postgres
{
    /// <inheritdoc />
    public partial class FolderBefore : Migration
    {
        /// <inheritdoc />
        // In no transaction, so that it holds no other lock while it waits for those who read.
        protected override void Up(MigrationBuilder migrationBuilder) => migrationBuilder.Sql(
            """DROP INDEX IF EXISTS "IX_Conversations_FolderBefore" """, suppressTransaction: true);

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
        }
    }
}
