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
            // Instances of the version before read on while the new ones are built, and write after that. The old one goes in the
            // migration after next: to drop it here would wait for transactions that have read and wait to write.
            migrationBuilder.RenameIndex(
                name: "IX_Conversations_Folder",
                table: "Conversations",
                newName: "IX_Conversations_FolderBefore");

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
