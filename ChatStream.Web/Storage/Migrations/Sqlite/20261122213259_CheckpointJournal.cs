using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace ChatStream.Web.Storage.Migrations.Sqlite
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
                    Id = table.Column<long>(type: "INTEGER", nullable: false)
                        .Annotation("Sqlite:Autoincrement", true),
                    Pieces = table.Column<string>(type: "TEXT", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_Checkpoints", x => x.Id);
                });

            // What a process that died left is recovered at this start.
            migrationBuilder.Sql("""
                INSERT INTO "Checkpoints" ("Pieces")
                SELECT json_group_array(json_object('messageId', "MessageId", 'number', "Number", 'text', "Text", 'reasoning', "Reasoning"))
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
                    MessageId = table.Column<string>(type: "TEXT", maxLength: 16, nullable: false),
                    Number = table.Column<int>(type: "INTEGER", nullable: false),
                    Reasoning = table.Column<string>(type: "TEXT", nullable: true),
                    Text = table.Column<string>(type: "TEXT", nullable: false)
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
