namespace ChatStream.Web.Views;

/// <summary>
/// Names the resources with all words of the page. The script uses those whose keys begin with <c>script.</c>,
/// <c>connection.</c>, <c>refused.</c>, <c>category.</c>, <c>severity.</c> or <c>day.</c>, and reads them from the page. That of
/// <c>/diagnose</c> uses those that begin with <c>trial.</c>
/// </summary>
public sealed class Words;
