namespace ChatStream.Web.Providers;

/// <summary>How the app signs in with Entra ID. Each kind asks one source, and never tries another.</summary>
public enum CredentialKind
{
    /// <summary>The kind that the process's environment names: <see cref="EntraSignIn.KindOf"/>.</summary>
    Auto,

    /// <summary>The identity of the machine, app service or container app.</summary>
    ManagedIdentity,

    /// <summary>The federated token of a Kubernetes pod.</summary>
    WorkloadIdentity,

    /// <summary>A service principal in <c>AZURE_TENANT_ID</c>, <c>AZURE_CLIENT_ID</c> and a secret or certificate.</summary>
    Environment,

    /// <summary>The account of <c>az login</c>.</summary>
    AzureCli,
}
