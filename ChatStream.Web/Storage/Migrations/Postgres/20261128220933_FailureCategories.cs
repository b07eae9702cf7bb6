using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace ChatStream.Web.Storage.Migrations.Postgres
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
                type: "text",
                nullable: true);

            // Until now the categories stood in the message only: "… by the content filter: hate, violence."
            migrationBuilder.Sql("""
                UPDATE "Messages"
                SET "FailureCategories" = replace(rtrim(substr("FailureMessage", strpos("FailureMessage", ': ') + 2), '.'), ', ', ',')
                WHERE "FailureCode" = 'ContentFilter' AND strpos("FailureMessage", ': ') > 0;
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
