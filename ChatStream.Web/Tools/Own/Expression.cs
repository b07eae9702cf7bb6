using System.Globalization;

namespace ChatStream.Web.Tools.Own;

/// <summary>
/// The value of an arithmetic expression in decimal numbers. It knows numbers, <c>+ - * / % ^</c>, parentheses and a few
/// functions, and nothing else: no names, no assignments, no loops. Its length and its depth are bounded, so is its time.
/// </summary>
internal ref struct Expression
{
    public const int Longest = 500;

    private const int Deepest = 40;
    private const int LargestPower = 1_000;

    private readonly ReadOnlySpan<char> _text;
    private int _at;
    private int _depth;

    private Expression(ReadOnlySpan<char> text) => _text = text;

    /// <exception cref="ArgumentException">It is no expression, or it has no value. The message says why.</exception>
    public static decimal ValueOf(string text)
    {
        if (text.Length > Longest)
            throw new ArgumentException($"The expression is longer than {Longest} characters.");
        var expression = new Expression(text.Replace('×', '*').Replace('÷', '/').Replace('−', '-'));
        try
        {
            var value = expression.Sum();
            expression.SkipBlanks();
            return expression._at == expression._text.Length ? value : throw expression.Unexpected();
        }
        catch (OverflowException)
        {
            throw new ArgumentException("The value is too large.");
        }
        catch (DivideByZeroException)
        {
            throw new ArgumentException("Something is divided by zero.");
        }
    }

    private decimal Sum()
    {
        if (++_depth > Deepest)
            throw new ArgumentException("The expression is nested too deeply.");
        var value = Product();
        while (true)
        {
            if (Takes('+'))
                value += Product();
            else if (Takes('-'))
                value -= Product();
            else
                break;
        }
        _depth--;
        return value;
    }

    private decimal Product()
    {
        var value = Signed();
        while (true)
        {
            if (Takes('*'))
                value *= Signed();
            else if (Takes('/'))
                value /= Signed();
            else if (Takes('%'))
                value %= Signed();
            else
                return value;
        }
    }

    // A sign binds less than a power: -2^2 is -4.
    private decimal Signed()
    {
        var isNegative = false;
        while (true)
        {
            if (Takes('-'))
                isNegative = !isNegative;
            else if (!Takes('+'))
                break;
        }
        var value = Power();
        return isNegative ? -value : value;
    }

    private decimal Power()
    {
        var value = Operand();
        if (!Takes('^'))
            return value;
        if (++_depth > Deepest)
            throw new ArgumentException("The expression is nested too deeply.");
        var power = Raised(value, Signed()); // from the right: 2^3^2 is 2^9
        _depth--;
        return power;
    }

    private decimal Operand()
    {
        if (Takes('('))
        {
            var value = Sum();
            Expect(')');
            return value;
        }
        SkipBlanks();
        var begin = _at;
        while (_at < _text.Length && (char.IsAsciiDigit(_text[_at]) || _text[_at] == '.'))
            _at++;
        if (_at > begin)
        {
            var digits = _text[begin.._at];
            return decimal.TryParse(digits, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number)
                ? number : throw new ArgumentException($"'{digits}' is no number, or too large.");
        }
        while (_at < _text.Length && char.IsAsciiLetter(_text[_at]))
            _at++;
        return _at > begin ? Function(_text[begin.._at].ToString().ToLowerInvariant()) : throw Unexpected();
    }

    private decimal Function(string name)
    {
        Expect('(');
        var first = Sum();
        decimal? second = Takes(',') ? Sum() : null;
        Expect(')');
        return (name, second) switch
        {
            ("sqrt", null) => SquareRoot(first),
            ("abs", null) => Math.Abs(first),
            ("round", null) => decimal.Round(first, MidpointRounding.AwayFromZero),
            ("round", >= 0 and <= 28 and var digits) when digits == decimal.Truncate(digits) =>
                decimal.Round(first, (int)digits, MidpointRounding.AwayFromZero),
            ("min", { } other) => Math.Min(first, other),
            ("max", { } other) => Math.Max(first, other),
            _ => throw new ArgumentException($"There is no function '{name}' with these arguments."),
        };
    }

    private static decimal Raised(decimal value, decimal power)
    {
        if (power != decimal.Truncate(power) || Math.Abs(power) > LargestPower)
            throw new ArgumentException($"A power must be a whole number up to {LargestPower}.");
        var result = 1m;
        for (var left = (int)Math.Abs(power); left > 0; left--)
            result *= value;
        return power < 0 ? 1 / result : result;
    }

    private static decimal SquareRoot(decimal value)
    {
        if (value < 0)
            throw new ArgumentException("A negative number has no square root.");
        if (value == 0)
            return 0;
        var root = (decimal)Math.Sqrt((double)value);
        for (var i = 0; i < 8; i++) // Newton's steps: the first guess has 15 digits already
        {
            var next = (root + (value / root)) / 2;
            if (next == root)
                break;
            root = next;
        }
        return root;
    }

    private bool Takes(char sign)
    {
        SkipBlanks();
        if (_at == _text.Length || _text[_at] != sign)
            return false;
        _at++;
        return true;
    }

    private void Expect(char sign)
    {
        if (!Takes(sign))
            throw Unexpected();
    }

    private void SkipBlanks()
    {
        while (_at < _text.Length && char.IsWhiteSpace(_text[_at]))
            _at++;
    }

    private readonly ArgumentException Unexpected() => new(_at == _text.Length
        ? "The expression ends too soon."
        : $"The expression is not understood from character {_at + 1} on.");
}
