using System.ComponentModel.DataAnnotations;
using System.Globalization;
using ChatStream.Web.Contract;
using ChatStream.Web.Providers;
using ChatStream.Web.Usage;
using ChatStream.Web.Usage.Budgets;
using ChatStream.Web.Views.Usage;
using Microsoft.AspNetCore.Mvc;

namespace ChatStream.Web.Controllers;

/// <summary>What the sender's own answers used, or those of all, as a page or as JSON.</summary>
[Route("usage")]
[HeadLikeGet]
[RefusalFilter]
public sealed class UsageController(IUsageReader usage, IBudgets budgets, ModelCatalog catalog) : Controller
{
    /// <summary>The tokens, costs, ends and times of the answers of the last days, in all, by model and by day.</summary>
    /// <param name="days">7, 30 or 90, today included.</param>
    /// <param name="of"><c>all</c>: the sums of all users, for administrators.</param>
    [HttpGet("")]
    [ProducesResponseType<UsageReport>(StatusCodes.Status200OK, MediaTypes.Json)]
    [ProducesResponseType<ProblemDetails>(StatusCodes.Status400BadRequest, MediaTypes.Problem)]
    [ProducesResponseType<ProblemDetails>(StatusCodes.Status403Forbidden, MediaTypes.Problem)]
    public async Task<IActionResult> Show(
        [FromQuery, AllowedValues("7", "30", "90")] string days = "30", [FromQuery, AllowedValues("all")] string? of = null)
    {
        var (isJson, isOfAll) = (PageOrJson.IsJson(Request), of == "all");
        if (isOfAll && !HttpContext.Rights().IsAdmin)
            return ProblemResult.Of(AdminsOnlyAttribute.Refusal);
        var (length, aborted) = (int.Parse(days, CultureInfo.InvariantCulture), HttpContext.RequestAborted);
        var report = isOfAll ? await usage.ReadAllAsync(length, aborted) : await OwnAsync(length, aborted);
        PageOrJson.SetHeaders(Response);
        return isJson ? new WireResult(report) : View("Index", new UsagePage(report, catalog.LabelOf) { IsOfAll = isOfAll });
    }

    private async Task<UsageReport> OwnAsync(int days, CancellationToken aborted)
    {
        var report = await usage.ReadAsync(HttpContext.Owner(), days, aborted);
        var uses = await budgets.ReadAsync(HttpContext.Caller(), aborted);
        return uses.Count == 0 ? report : report with { Budgets = uses };
    }
}
