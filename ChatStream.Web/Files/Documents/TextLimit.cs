using System.Text;

namespace ChatStream.Web.Files.Documents;

/// <summary>The text of a document as it is read, up to a length.</summary>
internal sealed class TextLimit(int mostCharacters)
{
    private readonly StringBuilder _text = new();

    public int Most => mostCharacters;

    /// <summary>Whether there is a letter or a digit in it that is not of a <see cref="Mark"/>.</summary>
    public bool HasText { get; private set; }

    /// <exception cref="DocumentException">The text is longer.</exception>
    public void Append(string? text)
    {
        if (text is null)
            return;
        HasText = HasText || text.Any(char.IsLetterOrDigit);
        Mark(text);
    }

    /// <summary>Adds what is no text of the document: where its text stands.</summary>
    public void Mark(string text)
    {
        if (_text.Length + (long)text.Length > mostCharacters)
            throw new DocumentException(DocumentFault.TooLong);
        _text.Append(text);
    }

    /// <summary>Ends a line, unless there is none.</summary>
    public void EndLine()
    {
        if (_text.Length > 0 && _text[^1] != '\n')
            Mark("\n");
    }

    /// <summary>Begins a page, a sheet or a slide.</summary>
    public void Head(string title)
    {
        EndLine();
        Mark(_text.Length == 0 ? $"[{title}]\n" : $"\n[{title}]\n");
    }

    public override string ToString() => _text.ToString();
}

/// <summary>A document has no text for a model.</summary>
internal sealed class DocumentException(DocumentFault fault) : Exception(fault.ToString())
{
    public DocumentFault Fault { get; } = fault;
}
