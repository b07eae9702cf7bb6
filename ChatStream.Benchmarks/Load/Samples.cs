using System.Runtime.InteropServices;

namespace ChatStream.Benchmarks.Load;

/// <summary>Measured values in microseconds. Only values that come while it is open are kept.</summary>
internal sealed class Samples
{
    private readonly List<int> _values = new(1 << 16);

    public bool IsOpen { get; set; }

    public int Count => _values.Count;

    public void Add(long microseconds)
    {
        if (IsOpen)
            _values.Add((int)Math.Clamp(microseconds, 0, int.MaxValue));
    }

    public void Restart()
    {
        _values.Clear();
        IsOpen = true;
    }

    /// <summary>Ends the measurement.</summary>
    public Distribution Close()
    {
        IsOpen = false;
        _values.Sort();
        return new Distribution(Of(0.5), Of(0.99), Of(0.999), Of(1), _values.Count);
    }

    public static Distribution Of(IEnumerable<long> microseconds)
    {
        var samples = new Samples { IsOpen = true };
        foreach (var value in microseconds)
            samples.Add(value);
        return samples.Close();
    }

    // The smallest value that is not exceeded by this share of all values.
    private double Of(double share)
    {
        if (_values.Count == 0)
            return double.NaN;
        var index = Math.Max(0, (int)Math.Ceiling(share * _values.Count) - 1);
        return CollectionsMarshal.AsSpan(_values)[index] / 1000.0;
    }
}

/// <summary>Percentiles in milliseconds, and the number of values.</summary>
internal sealed record Distribution(double P50, double P99, double P999, double Max, int Count);
