using System.Data.Common;
using System.Globalization;
using ChatStream.Web.Contract;
using ChatStream.Web.Storage;

namespace ChatStream.Web.Usage;

/// <summary>Adds up the rows of a model, of a day, or of all.</summary>
internal sealed class UsageSums
{
    private readonly SortedDictionary<string, decimal> _costs = new(StringComparer.Ordinal);
    private readonly Dictionary<FinishReason, long> _ends = [];
    private readonly Dictionary<FailureCode, long> _failures = [];
    private readonly Dictionary<int, long> _firstWords = [];
    private long _estimated, _unpriced, _input, _cached, _output, _reasoning;

    public long Tokens => _input + _output;

    /// <summary>Adds a row of <see cref="UsageReader.Used"/>.</summary>
    public void AddUse(DbDataReader row)
    {
        var currency = row.GetString(2);
        if (currency.Length == 0)
            _unpriced += row.GetInt64(3);
        else
            _costs[currency] = _costs.GetValueOrDefault(currency) + ((decimal)row.GetInt64(9) / CostPayload.Parts);
        _estimated += row.GetInt64(4);
        _input += row.GetInt64(5);
        _cached += row.GetInt64(6);
        _output += row.GetInt64(7);
        _reasoning += row.GetInt64(8);
    }

    /// <summary>Adds a row of <see cref="UsageReader.CountedByModel"/> or <see cref="UsageReader.CountedByDay"/>.</summary>
    public void AddCount(DbDataReader row)
    {
        var (name, answers) = (row.GetString(2), row.GetInt64(3));
        if (answers == 0)
            return;
        switch (Enum.Parse<UsageKind>(row.GetString(1)))
        {
            case UsageKind.End:
                Add(_ends, Enum.Parse<FinishReason>(name), answers);
                break;
            case UsageKind.Failure:
                Add(_failures, Enum.Parse<FailureCode>(name), answers);
                break;
            case UsageKind.FirstWord:
                Add(_firstWords, int.Parse(name, CultureInfo.InvariantCulture), answers);
                break;
        }
    }

    public UsageFigures ToFigures() => new()
    {
        Answers = _ends.Values.Sum(),
        InputTokens = _input,
        CachedTokens = _cached,
        OutputTokens = _output,
        ReasoningTokens = _reasoning,
        Estimated = _estimated,
        Costs = [.. _costs.Select(cost => new CostPayload(cost.Value, cost.Key))],
        Unpriced = _unpriced,
        Ends = new SortedDictionary<FinishReason, long>(_ends),
        Failures = new SortedDictionary<FailureCode, long>(_failures),
        FirstWord = FirstWords.Percentile(_firstWords, 0.5) is { } median
            ? new FirstWordTimes(Rounded(median), Rounded(FirstWords.Percentile(_firstWords, 0.95)!.Value)) : null,
    };

    private static void Add<TKey>(Dictionary<TKey, long> counts, TKey key, long answers) where TKey : notnull =>
        counts[key] = counts.GetValueOrDefault(key) + answers;

    // The counts are in steps of a tenth: more digits would say nothing.
    private static decimal Rounded(double seconds) =>
        decimal.Round((decimal)seconds, Math.Max(0, 1 - (int)Math.Floor(Math.Log10(seconds))));
}
