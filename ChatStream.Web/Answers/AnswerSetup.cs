using ChatStream.Web.Answers.Keeping;
using ChatStream.Web.Answers.Owning;
using ChatStream.Web.Answers.Running;
using ChatStream.Web.Answers.Starting;
using ChatStream.Web.Answers.Summing;
using ChatStream.Web.Answers.Titling;
using ChatStream.Web.Conversations;
using ChatStream.Web.Providers;
using ChatStream.Web.Settings;
using ChatStream.Web.Storage;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace ChatStream.Web.Answers;

internal static class AnswerSetup
{
    public static IServiceCollection AddAnswers(this IServiceCollection services)
    {
        services.AddCheckedOptions<GenerationOptions>(GenerationOptions.Section);
        // The web server's pool: pinned blocks, which go back to the system when they have been idle.
        services.TryAddSingleton(provider => provider.GetRequiredService<IMemoryPoolFactory<byte>>().Create());
        services.AddSingleton<Newcomers>();
        services.AddSingleton<AnswerLookup>();
        services.AddSingleton<IAnswerLookup>(provider => provider.GetRequiredService<AnswerLookup>());

        services.AddSingleton<Manners>();
        services.AddSingleton<IMannerCheck>(provider => provider.GetRequiredService<Manners>());
        services.AddSingleton<ContextEdges>();
        services.AddSingleton<ISummaries, Summaries>();
        services.AddSingleton<ModelTitles>();
        services.AddSingleton<StartCheck>();
        services.AddSingleton<StartFiles>();
        services.AddSingleton<StartStore>();
        services.AddSingleton<StartLookup>();
        services.AddHostedService<ExpiredKeys>();
        services.AddSingleton<IdenticalRequests>();
        services.AddSingleton<AnswerStarter>();
        services.AddSingleton<IAnswerStarter>(provider => provider.GetRequiredService<AnswerStarter>());

        services.AddSingleton<GenerationRegistry>();
        services.AddSingleton<GenerationRunner>();
        services.AddSingleton<Cancellations>();
        services.AddSingleton<GenerationDrain>();
        services.AddHostedService(provider => provider.GetRequiredService<GenerationDrain>());
        services.AddSingleton<AnswerStopper>();
        services.AddSingleton<IAnswerStopper>(provider => provider.GetRequiredService<AnswerStopper>());
        services.AddScoped<ModelRun>();
        services.AddSingleton<ToolRounds>();
        services.AddSingleton<ToolImages>();
        services.AddSingleton<ToolDecider>();
        services.AddSingleton<IToolDecider>(provider => provider.GetRequiredService<ToolDecider>());
        services.AddSingleton<ToolStore>();
        services.AddSingleton<SentFiles>();
        services.AddSingleton(provider => new UsageMeter(
            provider.GetRequiredService<TokenCounter>(), new(provider.GetRequiredService<ModelCatalog>)));

        services.AddCheckedOptions<ClusterOptions>(ClusterOptions.Section);
        services.AddSingleton<IValidateOptions<ClusterOptions>, ClusterOptions.Check>();
        services.AddSingleton<Instance>();
        services.AddSingleton<InstanceAddress>();
        services.AddSingleton<Cluster>();
        services.AddSingleton<Lease>();
        services.AddSingleton<ForwardedTicket>();
        services.AddSingleton<Neighbours>();
        services.AddSingleton<Orphans>();
        services.AddSingleton<ITakeover, Takeover>();
        // Both are made when they are needed: all settings are checked first, and a client that cannot be made fails an answer.
        services.AddSingleton<Func<ITakeover>>(provider => provider.GetRequiredService<ITakeover>);
        services.AddSingleton<Func<IChatClient>>(provider => provider.GetRequiredService<IChatClient>);
        services.AddSingleton<CheckpointJournal>();
        services.AddSingleton<CheckpointLoop>();
        services.AddHostedService<Recovery>();
        services.AddSingleton<Predecessor>();
        services.AddHostedService(provider => provider.GetRequiredService<CheckpointLoop>());
        services.AddSingleton<OwnershipWatch>();
        services.AddHostedService(provider => provider.GetRequiredService<OwnershipWatch>());
        services.AddHttpForwarder();
        services.AddSingleton<EndStore>();
        services.AddSingleton<AnswerGauges>();
        services.AddSingleton<StoredAnswers>();
        return services;
    }
}
