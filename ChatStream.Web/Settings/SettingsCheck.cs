using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace ChatStream.Web.Settings;

/// <summary>A setting is wrong, or what it names cannot be used. The message names the key. The app does not start.</summary>
internal sealed class SettingsException(string message, Exception? inner = null) : Exception(message, inner);

internal static class SettingsCheck
{
    /// <summary>Binds a section's options. If one is out of its range, the app does not start, and the error names it.</summary>
    public static OptionsBuilder<T> AddCheckedOptions<T>(this IServiceCollection services, string section) where T : class
    {
        services.AddSingleton<IValidateOptions<T>>(new RangeCheck<T>(section));
        return services.AddOptions<T>().BindConfiguration(section).ValidateOnStart();
    }

    private sealed class RangeCheck<T>(string section) : IValidateOptions<T> where T : class
    {
        public ValidateOptionsResult Validate(string? name, T options)
        {
            var faults = new List<ValidationResult>();
            Validator.TryValidateObject(options, new ValidationContext(options), faults, validateAllProperties: true);
            return faults.Count == 0
                ? ValidateOptionsResult.Success
                : ValidateOptionsResult.Fail(
                    faults.Select(fault => $"{section}:{fault.MemberNames.FirstOrDefault()}: {fault.ErrorMessage}"));
        }
    }
}
