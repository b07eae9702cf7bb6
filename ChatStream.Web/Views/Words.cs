namespace ChatStream.Web.Views;

/// <summary>
/// Names the resources with every word of the page. Keys that begin with <c>script.</c>, <c>refused.</c>, <c>category.</c> and
/// <c>day.</c> are also the script's: it reads them from the page.
/// </summary>
public sealed class Words;
