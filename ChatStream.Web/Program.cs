using ChatStream.Web.Admin;
using ChatStream.Web.Answers;
using ChatStream.Web.Answers.Owning;
using ChatStream.Web.Conversations;
using ChatStream.Web.Diagnosis;
using ChatStream.Web.Files;
using ChatStream.Web.Files.Documents;
using ChatStream.Web.Hosting;
using ChatStream.Web.Hosting.Observing;
using ChatStream.Web.Limits;
using ChatStream.Web.Preferences;
using ChatStream.Web.Privacy;
using ChatStream.Web.Prompts;
using ChatStream.Web.Providers;
using ChatStream.Web.Settings;
using ChatStream.Web.Sharing;
using ChatStream.Web.Storage;
using ChatStream.Web.Tools;
using ChatStream.Web.Usage;
using NLog;
using NLog.Web;

// A document is read by this program too, in a process of its own.
if (args is [ReadingProcess.Argument, .. var toRead])
    return ReadingProcess.Run(toRead);

LogManager.Setup().SetupExtensions(nlog => nlog
    .RegisterLayoutRenderer("text", line => LogFields.Escape(line.FormattedMessage))
    .RegisterLayoutRenderer("fault", line => LogFields.Of(line.Exception))
    .RegisterLayoutRenderer("trace-id", _ => LogFields.TraceId)
    .RegisterLayoutRenderer("generation-id", _ => LogFields.GenerationId));

var builder = WebApplication.CreateBuilder(SettingsSources.OptionsFor(args));
builder.Configuration.AddDefaults();
builder.Configuration.AddPrivatePort();
builder.Logging.ClearProviders();
builder.Host.UseNLog();
// Run from the sources, compressed assets are in obj. Without this, ASP.NET Core looks there in Development only.
builder.WebHost.UseStaticWebAssets();
builder.Services
    .AddWeb(builder.Environment)
    .AddForwarding()
    .AddLanguages()
    .AddLimits()
    .AddModels()
    .AddTools()
    .AddStorage()
    .AddConversations()
    .AddFiles()
    .AddUsage()
    .AddAnswers()
    .AddPreferences()
    .AddPrompts()
    .AddPrivacy()
    .AddSharing()
    .AddAdmin()
    .AddDiagnosis()
    .AddIdentity()
    .AddHealth()
    .AddObserving();

var app = builder.Build();
app.UseForwarding();
app.UseSubPath();
// Before the two that write error pages, which are in the user's language.
app.UseRequestLocalization();
app.UseExceptionHandler();
app.UseStatusCodePages();
app.UseSecurityHeaders();
app.UseHostGuard();
app.UseRouting();
app.UseIdentity();
app.UseCrossSiteGuard();
app.UseStoredPreferences();
app.MapPageAssets();
app.MapControllers().WithStaticAssets();
app.MapHealth();
var exitCode = app.RunOrExplain(LogManager.SuspendLogging);
LogManager.Flush();
return exitCode;
