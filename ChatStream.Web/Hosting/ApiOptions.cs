using Microsoft.Extensions.Options;

namespace ChatStream.Web.Hosting;

internal sealed class ApiOptions
{
    public const string Section = "Api";

    /// <summary>The keys of programs; each sees the conversations of its own name only.</summary>
    public IReadOnlyList<ApiKey> Keys { get; init; } = [];

    internal sealed class ApiKey
    {
        public string Name { get; init; } = "";

        /// <summary>At least 16 characters.</summary>
        public string Key { get; init; } = "";
    }

    internal sealed class Check : IValidateOptions<ApiOptions>
    {
        public ValidateOptionsResult Validate(string? name, ApiOptions options)
        {
            var faults = new List<string>();
            for (var i = 0; i < options.Keys.Count; i++)
            {
                var key = options.Keys[i];
                if (key.Name.Length == 0 || options.Keys.Take(i).Any(other => other.Name == key.Name))
                    faults.Add($"{Section}:Keys:{i}:Name is missing, or names another key already.");
                if (key.Key.Length < 16 || options.Keys.Take(i).Any(other => other.Key == key.Key))
                    faults.Add($"{Section}:Keys:{i}:Key is shorter than 16 characters, or another key's already.");
            }
            return faults.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(faults);
        }
    }
}
