using ChatStream.Web.Contract;

namespace ChatStream.Web.Files;

/// <summary>Why a file is not taken. Each has words on the page.</summary>
internal static class FileRefusals
{
    /// <summary>The part of a form that has the file.</summary>
    public const string Field = "file";

    public static RefusedException Off() => new(403, Field, "The settings let nobody upload files.", "files_off");

    public static RefusedException Missing() => new(400, Field, "The form has no file with a name.", "file_missing");

    public static RefusedException Empty() => new(400, Field, "The file is empty.", "file_empty");

    public static RefusedException TooLarge(long most) =>
        new(413, Field, $"The file is larger than {most} bytes.", "file_too_large", most);

    public static RefusedException UnknownType() => new(
        415, Field, "The file is none of these: PNG, JPEG, WebP, GIF, PDF, Word, Excel, PowerPoint, text.", "file_unknown_type");

    public static RefusedException UnknownEncoding() => new(
        415, Field, "The text is in an encoding that is not known here. Save it as UTF-8.", "file_unknown_encoding");

    public static RefusedException BrokenImage() => new(400, Field, "The image is broken.", "image_broken");

    public static RefusedException AnimatedImage() =>
        new(400, Field, "The image is animated. Models see still images.", "image_animated");

    public static RefusedException LargeImage(long pixels, long most) =>
        new(400, Field, $"The image has {pixels} pixels; at most {most} fit.", "image_too_large", pixels, most);

    public static RefusedException LongText(long most) =>
        new(400, Field, $"The text is longer than {most} characters.", "file_text_too_long", most);

    public static RefusedException Full(long stored, long most) => new(
        413, Field, $"The files take {stored} bytes with this one; at most {most} fit. Delete conversations that have files.",
        "file_quota", stored, most);

    public static RefusedException Unknown(string field, int status = 404) =>
        new(status, field, "There is no such file.", "unknown_file");

    /// <summary>Of a document.</summary>
    public static RefusedException Of(DocumentFault fault) => fault switch
    {
        DocumentFault.Encrypted => new(400, Field, "The document is encrypted.", "document_encrypted"),
        DocumentFault.Macros => new(400, Field, "The document has macros.", "document_macros"),
        DocumentFault.NoText => new(400, Field, "The document has no text that can be read.", "document_no_text"),
        DocumentFault.TooComplex => new(
            400, Field, "The document takes too much time or memory to read.", "document_too_complex"),
        _ => new(400, Field, "The document is broken.", "document_broken"),
    };
}

/// <summary>Why a document has no text for a model.</summary>
internal enum DocumentFault
{
    Broken,
    Encrypted,
    Macros,
    NoText,
    TooComplex,
    TooLong,
}
