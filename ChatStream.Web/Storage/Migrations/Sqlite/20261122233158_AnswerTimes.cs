using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace ChatStream.Web.Storage.Migrations.Sqlite
{
    /// <inheritdoc />
    public partial class AnswerTimes : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<long>(
                name: "FirstOutputAt",
                table: "Messages",
                type: "INTEGER",
                nullable: true);

            migrationBuilder.AddColumn<long>(
                name: "FirstTextAt",
                table: "Messages",
                type: "INTEGER",
                nullable: true);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropColumn(
                name: "FirstOutputAt",
                table: "Messages");

            migrationBuilder.DropColumn(
                name: "FirstTextAt",
                table: "Messages");
        }
    }
}
