using System.Runtime.InteropServices;

namespace ChatStream.Benchmarks.Load;

/// <summary>Microseconds that were measured while it is open; all are kept.</summary>
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

    /// <summary>Ends the measuring.</summary>
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

    // The smallest value that so many do not exceed.
    private double Of(double share) =>
        _values.Count == 0 ? double.NaN : CollectionsMarshal.AsSpan(_values)[Math.Max(0, (int)Math.Ceiling(share * _values.Count) - 1)] / 1000.0;
}

/// <summary>Milliseconds.</summary>
internal sealed record Distribution(double P50, double P99, double P999, double Max, int Count);
