namespace ChatStream.Web.Diagnosis;

internal static class DiagnosisSetup
{
    /// <summary>Adds the streams that <c>/diagnose</c> measures by.</summary>
    public static IServiceCollection AddDiagnosis(this IServiceCollection services) =>
        services.AddSingleton<ITrials, TrialStreams>();
}
