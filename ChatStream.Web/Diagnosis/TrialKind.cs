namespace ChatStream.Web.Diagnosis;

/// <summary>What a trial stream sends.</summary>
public enum TrialKind
{
    /// <summary>An event every 50 ms for two seconds, as a fast model sends words.</summary>
    Steady,

    /// <summary>Nothing but the comments that break a silence.</summary>
    Silent,
}
