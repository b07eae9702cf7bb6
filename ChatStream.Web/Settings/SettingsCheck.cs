using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace ChatStream.Web.Settings;

/// <summary>The settings are wrong, or what they name cannot be had: the app does not start, and says which key it is.</summary>
internal sealed class SettingsException(string message, Exception? inner = null) : Exception(message, inner);

internal static class SettingsCheck
{
    /// <summary>Binds a section's options and has the app refuse to start where one is out of its range, naming its key.</summary>
    public static OptionsBuilder<T> AddCheckedOptions<T>(this IServiceCollection services, string section) where T : class
    {
        services.AddSingleton<IValidateOptions<T>>(new Validator<T>(section));
        return services.AddOptions<T>().BindConfiguration(section).ValidateOnStart();
    }

    private sealed class Validator<T>(string section) : IValidateOptions<T> where T : class
    {
        public ValidateOptionsResult Validate(string? name, T options)
        {
            var faults = new List<ValidationResult>();
            System.ComponentModel.DataAnnotations.Validator.TryValidateObject(options, new ValidationContext(options), faults, validateAllProperties: true);
            return faults.Count == 0
                ? ValidateOptionsResult.Success
                : ValidateOptionsResult.Fail(faults.Select(fault => $"{section}:{fault.MemberNames.FirstOrDefault()}: {fault.ErrorMessage}"));
        }
    }
}
