using System.ComponentModel.DataAnnotations;
using System.Globalization;
using Microsoft.Extensions.Options;

namespace ChatStream.Web.Settings;

/// <summary>A setting is wrong, or what it names cannot be used. The message names the key. The app does not start.</summary>
internal sealed class SettingsException(string message, Exception? inner = null) : Exception(message, inner);

internal static class SettingsCheck
{
    /// <summary>
    /// Binds a section's options. If one is out of its range, or a time is a bare number, the app does not start, and the error
    /// names it.
    /// </summary>
    public static OptionsBuilder<T> AddCheckedOptions<T>(this IServiceCollection services, string section) where T : class
    {
        services.AddKnownSection<T>(section);
        services.AddSingleton<IValidateOptions<T>>(provider =>
            new RangeCheck<T>(section, provider.GetRequiredService<IConfiguration>()));
        return services.AddOptions<T>().BindConfiguration(section).ValidateOnStart();
    }

    /// <summary>Names the options of a section, so that a mistyped key in it is found.</summary>
    public static IServiceCollection AddKnownSection<T>(this IServiceCollection services, string section) =>
        services.AddSingleton(new KnownSection(section, typeof(T)));

    private sealed class RangeCheck<T>(string section, IConfiguration settings) : IValidateOptions<T> where T : class
    {
        public ValidateOptionsResult Validate(string? name, T options)
        {
            var faults = new List<ValidationResult>();
            Validator.TryValidateObject(options, new ValidationContext(options), faults, validateAllProperties: true);
            var bare = BareTimes().ToList();
            // A bare number is mostly out of range, too. One line is enough.
            var others = faults.Where(fault => !fault.MemberNames.Any(member => bare.Any(time => time.Name == member)));
            string[] lines =
            [
                .. bare.Select(time => $"{section}:{time.Name}: '{time.Text}' would be {time.Text} days. "
                    + "Write hours, minutes and seconds, such as 00:15:00."),
                .. others.Select(fault => $"{section}:{fault.MemberNames.FirstOrDefault()}: {fault.ErrorMessage}"),
            ];
            return lines.Length == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(lines);
        }

        /// <summary>Times that are written as a whole number. .NET reads 15 as 15 days.</summary>
        private IEnumerable<(string Name, string Text)> BareTimes() =>
            from property in typeof(T).GetProperties()
            where property.PropertyType == typeof(TimeSpan) || property.PropertyType == typeof(TimeSpan?)
            let text = settings[$"{section}:{property.Name}"]?.Trim()
            where long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out _)
            select (property.Name, text);
    }
}
