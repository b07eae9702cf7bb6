using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace ChatStream.Web.Storage.Migrations.Postgres
{
    /// <inheritdoc />
    public partial class FolderIndexes : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropIndex(
                name: "IX_Conversations_Folder",
                table: "Conversations");

            migrationBuilder.CreateIndex(
                name: "IX_Conversations_Folder",
                table: "Conversations",
                columns: new[] { "OwnerId", "FolderId", "UpdatedAt", "IsTemporary", "IsPinned" });

            migrationBuilder.CreateIndex(
                name: "IX_Conversations_InFolders",
                table: "Conversations",
                columns: new[] { "OwnerId", "UpdatedAt" },
                filter: "\"FolderId\" IS NOT NULL AND \"FolderId\" <> 'archive'");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropIndex(
                name: "IX_Conversations_Folder",
                table: "Conversations");

            migrationBuilder.DropIndex(
                name: "IX_Conversations_InFolders",
                table: "Conversations");

            migrationBuilder.CreateIndex(
                name: "IX_Conversations_Folder",
                table: "Conversations",
                columns: new[] { "OwnerId", "FolderId", "UpdatedAt" });
        }
    }
}
