namespace ChatStream.Web.Views;

/// <summary>What the error page says: keys of <see cref="Words"/>.</summary>
public sealed record ErrorPage(string Title, string Heading, string Text)
{
    /// <summary>The view's name, in <c>Views/Shared</c>.</summary>
    public const string View = "Error";

    /// <summary>The words for a refusal.</summary>
    /// <param name="status">An HTTP status from 400 on.</param>
    /// <param name="code">The kind of refusal; null: the status says all.</param>
    public static ErrorPage Of(int status, string? code = null) => code switch
    {
        "no_model" => new("error.forbidden", "error.forbidden", "error.no-model-text"),
        "not_admin" => new("error.forbidden", "error.forbidden", "error.not-admin-text"),
        "budget_of_day" => new("error.budget", "error.budget", "refused.budget_of_day"),
        "budget_of_month" => new("error.budget", "error.budget", "refused.budget_of_month"),
        "permission_denied" => new("error.permission", "error.permission", "error.permission-denied"),
        "permission_unasked" => new("error.permission", "error.permission", "error.permission-unasked"),
        "permission_unreachable" => new("error.permission", "error.permission", "error.permission-unreachable"),
        _ => Of(status),
    };

    private static ErrorPage Of(int status) => status switch
    {
        401 or 403 => new("error.forbidden", "error.forbidden", "error.forbidden-text"),
        404 or 405 or 406 => new("error.no-page", "error.no-page", "error.no-page-text"),
        413 or 414 => new("error.too-large", "error.too-large", "error.too-large-text"),
        429 or 503 => new("error.busy", "error.busy", "error.busy-text"),
        >= 500 => new("error.server", "error.server", "error.server-text"),
        _ => new("error.request", "error.request", "error.request-text"),
    };
}
