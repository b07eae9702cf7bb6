using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace ChatStream.Web.Storage.Migrations.Sqlite
{
    /// <inheritdoc />
    public partial class FailureCategories : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<string>(
                name: "FailureCategories",
                table: "Messages",
                type: "TEXT",
                nullable: true);

            // Until now the categories stood in the message only: "… by the content filter: hate, violence."
            migrationBuilder.Sql("""
                UPDATE "Messages"
                SET "FailureCategories" = replace(rtrim(substr("FailureMessage", instr("FailureMessage", ': ') + 2), '.'), ', ', ',')
                WHERE "FailureCode" = 'ContentFilter' AND instr("FailureMessage", ': ') > 0;
                """);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropColumn(
                name: "FailureCategories",
                table: "Messages");
        }
    }
}
