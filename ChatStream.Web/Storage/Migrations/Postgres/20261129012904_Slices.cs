using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace ChatStream.Web.Storage.Migrations.Postgres
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
                type: "bigint",
                nullable: true);

            migrationBuilder.AddColumn<long>(
                name: "ImportedAt",
                table: "Conversations",
                type: "bigint",
                nullable: true);

            migrationBuilder.CreateTable(
                name: "RetentionMarks",
                columns: table => new
                {
                    Id = table.Column<int>(type: "integer", nullable: false),
                    At = table.Column<long>(type: "bigint", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_RetentionMarks", x => x.Id);
                });

            migrationBuilder.CreateIndex(
                name: "IX_Messages_Tree",
                table: "Messages",
                columns: new[] { "ConversationId", "ParentId", "CreatedAt", "Id" });

            // Each term gets the key of its owner, as SearchTerm.KeyOf makes it. So many terms fit into 1 MB with it.
            migrationBuilder.Sql(WithTerms("""
                SELECT encode(substring(convert_to("OwnerId", 'UTF8') FROM greatest(octet_length("OwnerId") - 2, 1)), 'hex') || term
                FROM unnest(tsvector_to_array("Terms")) AS term LIMIT 40000
                """));
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

            migrationBuilder.Sql(WithTerms("""SELECT substr(term, 7) FROM unnest(tsvector_to_array("Terms")) AS term"""));
        }

        private static string WithTerms(string select) => $"""
            DROP INDEX "IX_SearchDocuments_Terms";
            UPDATE "SearchDocuments" SET "Terms" = array_to_tsvector(ARRAY({select}));
            CREATE INDEX "IX_SearchDocuments_Terms" ON "SearchDocuments" USING gin ("Terms");
            """;
    }
}
