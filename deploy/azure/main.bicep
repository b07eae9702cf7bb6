// ChatStream on Azure Container Apps, with a managed identity instead of keys, and PostgreSQL.
//
//   az group create --name chatstream --location swedencentral
//   az deployment group create --resource-group chatstream --template-file deploy/azure/main.bicep \
//     --parameters image=REGISTRY/chatstream:VERSION openAIName=MY-RESOURCE deployment=gpt-5-mini postgresPassword="$PASSWORD" \
//       signInAuthority=https://login.microsoftonline.com/DIRECTORY-ID/v2.0 signInClientId=ID signInClientSecret="$SECRET"
//
// It asks an Azure OpenAI resource of the same resource group, and gives the app the right to do so. docs/azure.md has more.

@description('The name of all that is made here.')
@minLength(4)
@maxLength(20)
param name string = 'chatstream'

param location string = resourceGroup().location

@description('The image, such as ghcr.io/OWNER/chatstream:0.1.0.')
param image string

@description('The Azure OpenAI resource, in this resource group.')
param openAIName string

@description('The deployment that answers.')
param deployment string

@description('Who signs users in: the issuer of an OpenID Connect provider. docs/sign-in.md')
param signInAuthority string

param signInClientId string

@secure()
param signInClientSecret string

@secure()
@minLength(12)
param postgresPassword string

var unique = uniqueString(resourceGroup().id, name)
var administrator = 'chatstream'
// Cognitive Services OpenAI User: ask a model, and nothing else.
var openAIUser = subscriptionResourceId(
  'Microsoft.Authorization/roleDefinitions',
  '5e0bd9bd-7b93-4f28-af87-19fc36ad61bd'
)

resource openAI 'Microsoft.CognitiveServices/accounts@2024-10-01' existing = {
  name: openAIName
}

resource identity 'Microsoft.ManagedIdentity/userAssignedIdentities@2023-01-31' = {
  name: name
  location: location
}

resource mayAsk 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(openAI.id, identity.id, openAIUser)
  scope: openAI
  properties: {
    principalId: identity.properties.principalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: openAIUser
  }
}

resource logs 'Microsoft.OperationalInsights/workspaces@2023-09-01' = {
  name: name
  location: location
  properties: {
    sku: { name: 'PerGB2018' }
    retentionInDays: 30
  }
}

resource network 'Microsoft.Network/virtualNetworks@2024-05-01' = {
  name: name
  location: location
  properties: {
    addressSpace: { addressPrefixes: ['10.20.0.0/16'] }
    subnets: [
      {
        name: 'apps'
        properties: {
          addressPrefix: '10.20.0.0/23'
          delegations: [{ name: 'apps', properties: { serviceName: 'Microsoft.App/environments' } }]
        }
      }
      {
        name: 'postgres'
        properties: {
          addressPrefix: '10.20.2.0/24'
          delegations: [{ name: 'postgres', properties: { serviceName: 'Microsoft.DBforPostgreSQL/flexibleServers' } }]
        }
      }
    ]
  }

  resource apps 'subnets' existing = { name: 'apps' }
  resource postgres 'subnets' existing = { name: 'postgres' }
}

resource zone 'Microsoft.Network/privateDnsZones@2024-06-01' = {
  name: '${name}.private.postgres.database.azure.com'
  location: 'global'

  resource link 'virtualNetworkLinks' = {
    name: name
    location: 'global'
    properties: {
      registrationEnabled: false
      virtualNetwork: { id: network.id }
    }
  }
}

resource postgres 'Microsoft.DBforPostgreSQL/flexibleServers@2024-08-01' = {
  name: '${name}-${unique}'
  location: location
  sku: { name: 'Standard_B2s', tier: 'Burstable' }
  properties: {
    version: '17'
    administratorLogin: administrator
    administratorLoginPassword: postgresPassword
    storage: { storageSizeGB: 32 }
    backup: { backupRetentionDays: 14 }
    network: {
      delegatedSubnetResourceId: network::postgres.id
      privateDnsZoneArmResourceId: zone.id
    }
  }
  dependsOn: [zone::link]

  resource database 'databases' = {
    name: 'chatstream'
  }
}

resource environment 'Microsoft.App/managedEnvironments@2024-03-01' = {
  name: name
  location: location
  properties: {
    appLogsConfiguration: {
      destination: 'log-analytics'
      logAnalyticsConfiguration: {
        customerId: logs.properties.customerId
        sharedKey: logs.listKeys().primarySharedKey
      }
    }
    vnetConfiguration: { infrastructureSubnetId: network::apps.id }
    workloadProfiles: [{ name: 'Consumption', workloadProfileType: 'Consumption' }]
  }
}

resource app 'Microsoft.App/containerApps@2024-03-01' = {
  name: name
  location: location
  identity: {
    type: 'UserAssigned'
    userAssignedIdentities: { '${identity.id}': {} }
  }
  dependsOn: [mayAsk, postgres::database]
  properties: {
    environmentId: environment.id
    workloadProfileName: 'Consumption'
    configuration: {
      activeRevisionsMode: 'Single'
      secrets: [
        {
          name: 'postgres'
          value: 'Host=${postgres.properties.fullyQualifiedDomainName};Database=chatstream;Username=${administrator};Password="${replace(postgresPassword, '"', '""')}";SSL Mode=VerifyFull;Root Certificate=/etc/ssl/certs/ca-certificates.crt'
        }
        { name: 'sign-in', value: signInClientSecret }
      ]
      ingress: {
        external: true
        targetPort: 8080
        transport: 'auto'
        allowInsecure: false
      }
    }
    template: {
      // Running answers get 25 seconds to finish, the database 10, and tokens of tool servers 15.
      terminationGracePeriodSeconds: 60
      // One: instances ask each other, and Container Apps documents no way from one replica to another. While a new revision
      // takes over, the two of them share the database, and an answer of the other is refused with "answer_elsewhere" at worst.
      scale: { minReplicas: 1, maxReplicas: 1 }
      containers: [
        {
          name: 'chatstream'
          image: image
          resources: { cpu: json('0.5'), memory: '1Gi' }
          env: [
            { name: 'ConnectionStrings__Postgres', secretRef: 'postgres' }
            { name: 'AzureOpenAI__Endpoint', value: openAI.properties.endpoint }
            { name: 'AzureOpenAI__Deployment', value: deployment }
            { name: 'AzureOpenAI__Credential', value: 'ManagedIdentity' }
            { name: 'AzureOpenAI__ClientId', value: identity.properties.clientId }
            { name: 'SignIn__Kind', value: 'OpenIdConnect' }
            { name: 'SignIn__Authority', value: signInAuthority }
            { name: 'SignIn__ClientId', value: signInClientId }
            { name: 'SignIn__ClientSecret', secretRef: 'sign-in' }
            { name: 'PublicOrigin', value: 'https://${name}.${environment.properties.defaultDomain}' }
            // The ingress of the environment, which names the browser's address.
            { name: 'Proxies__0', value: '10.20.0.0/23' }
            { name: 'Proxies__1', value: '100.100.0.0/16' }
          ]
          probes: [
            // A migration of a large database may take minutes.
            { type: 'Startup', httpGet: { path: '/health/startup', port: 8080 }, periodSeconds: 2, failureThreshold: 150 }
            { type: 'Readiness', httpGet: { path: '/health/ready', port: 8080 }, periodSeconds: 3, timeoutSeconds: 4 }
            { type: 'Liveness', httpGet: { path: '/health/live', port: 8080 }, periodSeconds: 10 }
          ]
        }
      ]
    }
  }
}

@description('Register ADDRESS/signin-oidc and ADDRESS/signout-callback-oidc at the provider.')
output address string = 'https://${app.properties.configuration.ingress.fqdn}'
