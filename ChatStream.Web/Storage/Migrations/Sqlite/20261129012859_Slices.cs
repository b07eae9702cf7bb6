using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace ChatStream.Web.Storage.Migrations.Sqlite
{
    /// <inheritdoc />
    public partial class Slices : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropIndex(
                name: "IX_Messages_ConversationId",
                table: "Messages");

            migrationBuilder.AddColumn<long>(
                name: "Bytes",
                table: "Conversations",
                type: "INTEGER",
                nullable: true);

            migrationBuilder.AddColumn<long>(
                name: "ImportedAt",
                table: "Conversations",
                type: "INTEGER",
                nullable: true);

            migrationBuilder.CreateTable(
                name: "RetentionMarks",
                columns: table => new
                {
                    Id = table.Column<int>(type: "INTEGER", nullable: false),
                    At = table.Column<long>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_RetentionMarks", x => x.Id);
                });

            migrationBuilder.CreateIndex(
                name: "IX_Messages_Tree",
                table: "Messages",
                columns: new[] { "ConversationId", "ParentId", "CreatedAt", "Id" });

            // Each term gets the key of its owner, as SearchTerm.KeyOf makes it.
            migrationBuilder.Sql(WithTerms("lower(hex(substr(CAST(d.\"OwnerId\" AS BLOB), -3))) || w.term"));
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "RetentionMarks");

            migrationBuilder.DropIndex(
                name: "IX_Messages_Tree",
                table: "Messages");

            migrationBuilder.DropColumn(
                name: "Bytes",
                table: "Conversations");

            migrationBuilder.DropColumn(
                name: "ImportedAt",
                table: "Conversations");

            migrationBuilder.CreateIndex(
                name: "IX_Messages_ConversationId",
                table: "Messages",
                column: "ConversationId");

            migrationBuilder.Sql(WithTerms("substr(w.term, 7)"));
        }

        // A contentless index cannot be read, but its vocabulary can.
        private static string WithTerms(string term) => $"""
            CREATE VIRTUAL TABLE "SearchWords" USING fts5vocab("SearchIndex", 'instance');
            CREATE VIRTUAL TABLE "SearchNew" USING fts5(terms, content='', contentless_delete=1, tokenize='ascii');
            INSERT INTO "SearchNew" (rowid, terms)
                SELECT d."Id", group_concat({term}, ' ')
                FROM "SearchWords" AS w JOIN "SearchDocuments" AS d ON d."Id" = w.doc GROUP BY d."Id";
            DROP TRIGGER "SearchDocuments_Deleted";
            DROP TABLE "SearchWords";
            DROP TABLE "SearchIndex";
            ALTER TABLE "SearchNew" RENAME TO "SearchIndex";
            CREATE TRIGGER "SearchDocuments_Deleted" AFTER DELETE ON "SearchDocuments" BEGIN
                DELETE FROM "SearchIndex" WHERE rowid = old."Id";
            END;
            """;
    }
}
