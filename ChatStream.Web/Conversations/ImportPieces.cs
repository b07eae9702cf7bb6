using System.Text;

namespace ChatStream.Web.Conversations;

/// <summary>A conversation in the body of an import.</summary>
/// <param name="Begin">Its first byte.</param>
/// <param name="Length">Its bytes.</param>
/// <param name="Members">The names of its own members, as far as they are short.</param>
internal sealed record ImportPiece(long Begin, long Length, IReadOnlySet<string> Members);

/// <summary>
/// Finds the conversations in the body of an import: the body itself, or the elements of an array. It looks at bytes only, in
/// one pass and without keeping them, so it takes no more memory for a body that is nested or has a long text. What is not JSON
/// is found when a piece is parsed.
/// </summary>
internal sealed class ImportPieces
{
    private const int LongestName = 32;

    private readonly List<ImportPiece> _pieces = [];
    private readonly byte[] _name = new byte[LongestName];
    private readonly int _most;
    private HashSet<string> _members = [];
    private int _nameLength;
    private long _begin = -1;
    private int _depth;
    private bool _isArray;
    private bool _isText;
    private bool _isEscaped;
    private bool _isName;

    private ImportPieces(int most) => _most = most;

    /// <summary>Reads the body from where it stands.</summary>
    /// <param name="json">The body. The reading blocks.</param>
    /// <param name="most">The most elements of an array.</param>
    /// <returns>
    /// The pieces, and whether they are elements of an array. Null: there are too many. Empty: the body ends too soon.
    /// </returns>
    public static (IReadOnlyList<ImportPiece> Pieces, bool IsArray)? Find(Stream json, int most)
    {
        var (found, buffer, at) = (new ImportPieces(most), new byte[64 * 1024], json.Position);
        while (json.Read(buffer) is > 0 and var read)
        {
            for (var i = 0; i < read; i++, at++)
                found.Take(buffer[i], at);
            if (found._pieces.Count > most)
                return null;
        }
        return found._depth == 0 && !found._isText ? (found._pieces, found._isArray) : ([], false);
    }

    private int DepthOfPiece => _isArray ? 2 : 1;

    private void Take(byte b, long at)
    {
        if (_isText)
        {
            TakeOfText(b);
            return;
        }
        switch (b)
        {
            case (byte)'"':
                (_isText, _nameLength) = (true, 0);
                _isName &= _depth == DepthOfPiece;
                break;
            case (byte)'[' or (byte)'{':
                _depth++;
                if (_depth == 1 && b == '[')
                    _isArray = true;
                else if (_depth == DepthOfPiece && b == '{')
                    (_begin, _isName, _members) = (at, true, new HashSet<string>(StringComparer.Ordinal));
                break;
            case (byte)']' or (byte)'}':
                if (_depth == DepthOfPiece && _begin >= 0)
                {
                    if (_pieces.Count <= _most)
                        _pieces.Add(new ImportPiece(_begin, at + 1 - _begin, _members));
                    _begin = -1;
                }
                _depth--;
                break;
            case (byte)',':
                _isName = _depth == DepthOfPiece;
                break;
            case (byte)':':
                _isName = false;
                break;
        }
    }

    private void TakeOfText(byte b)
    {
        if (_isEscaped)
            _isEscaped = false;
        else if (b == '\\')
            _isEscaped = true;
        else if (b == '"')
        {
            _isText = false;
            if (_isName && _nameLength <= LongestName && _members.Count < 200)
                _members.Add(Encoding.UTF8.GetString(_name, 0, _nameLength));
            return;
        }
        if (_isName && _nameLength <= LongestName)
        {
            if (_nameLength < LongestName)
                _name[_nameLength] = b;
            _nameLength++;
        }
    }
}
