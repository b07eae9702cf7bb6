using System.ComponentModel.DataAnnotations;

namespace ChatStream.Web.Providers.Failover;

/// <summary>How long a deployment that failed is left out.</summary>
internal sealed class FailoverOptions : IValidatableObject
{
    public const string Section = "Failover";

    /// <summary>For a failure without <c>retry-after-ms</c> or <c>Retry-After</c>. Each failed probe doubles it.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:10:00")]
    public TimeSpan CoolDown { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>
    /// The longest cool-down. Services ask for waits of days and answer again after minutes. Zero: no deployment is ever left
    /// out.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00", "1.00:00:00")]
    public TimeSpan LongestCoolDown { get; init; } = TimeSpan.FromMinutes(1);

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (LongestCoolDown != TimeSpan.Zero && LongestCoolDown < CoolDown)
        {
            yield return new ValidationResult(
                $"The field {nameof(LongestCoolDown)} must be 00:00:00, or {nameof(CoolDown)} or more.",
                [nameof(LongestCoolDown)]);
        }
    }
}
