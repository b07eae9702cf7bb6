using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace ChatStream.Web.Storage.Migrations.Sqlite
{
    /// <inheritdoc />
    public partial class WaitingTexts : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder) =>
            migrationBuilder.Sql(SqliteChatDbContext.LetTextsWait);

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder) => migrationBuilder.Sql("""
            INSERT INTO "SearchIndex" (rowid, terms)
                SELECT "Id", "Terms" FROM "SearchDocuments" WHERE "Terms" IS NOT NULL;
            DROP INDEX "IX_SearchDocuments_Waiting";
            ALTER TABLE "SearchDocuments" DROP COLUMN "Terms";
            """);
    }
}
