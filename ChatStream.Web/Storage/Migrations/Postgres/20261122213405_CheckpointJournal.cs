using Microsoft.EntityFrameworkCore.Migrations;
using Npgsql.EntityFrameworkCore.PostgreSQL.Metadata;

#nullable disable

namespace ChatStream.Web.Storage.Migrations.Postgres
{
    /// <inheritdoc />
    public partial class CheckpointJournal : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.CreateTable(
                name: "Checkpoints",
                columns: table => new
                {
                    Id = table.Column<long>(type: "bigint", nullable: false)
                        .Annotation("Npgsql:ValueGenerationStrategy", NpgsqlValueGenerationStrategy.IdentityByDefaultColumn),
                    Pieces = table.Column<string>(type: "text", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_Checkpoints", x => x.Id);
                });

            // What a process that died left is recovered at this start.
            migrationBuilder.Sql("""
                INSERT INTO "Checkpoints" ("Pieces")
                SELECT CAST(json_agg(json_build_object('messageId', "MessageId", 'number', "Number", 'text', "Text", 'reasoning', "Reasoning")) AS text)
                FROM "Pieces" HAVING COUNT(*) > 0
                """);

            migrationBuilder.DropTable(
                name: "Pieces");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "Checkpoints");

            migrationBuilder.CreateTable(
                name: "Pieces",
                columns: table => new
                {
                    MessageId = table.Column<string>(type: "character varying(16)", maxLength: 16, nullable: false),
                    Number = table.Column<int>(type: "integer", nullable: false),
                    Reasoning = table.Column<string>(type: "text", nullable: true),
                    Text = table.Column<string>(type: "text", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_Pieces", x => new { x.MessageId, x.Number });
                    table.ForeignKey(
                        name: "FK_Pieces_Messages_MessageId",
                        column: x => x.MessageId,
                        principalTable: "Messages",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Cascade);
                });
        }
    }
}
