using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace ChatStream.Web.Storage.Migrations.Postgres
{
    /// <summary>
    /// Each insert puts its own terms into the search index. PostgreSQL would gather them first, and one insert would then put
    /// in what thousands before it had left: a start of one user would wait for the import of another.
    /// </summary>
    public partial class TermsAtOnce : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder) => migrationBuilder.Sql("""
            ALTER INDEX "IX_SearchDocuments_Terms" SET (fastupdate = off);
            SELECT gin_clean_pending_list('"IX_SearchDocuments_Terms"'::regclass);
            """);

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder) => migrationBuilder.Sql("""
            ALTER INDEX "IX_SearchDocuments_Terms" RESET (fastupdate);
            """);
    }
}
