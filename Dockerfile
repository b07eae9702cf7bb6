# syntax=docker/dockerfile:1

FROM node:20-bookworm-slim AS node

FROM mcr.microsoft.com/dotnet/sdk:10.0 AS build
# The build bundles the page's script, with Node.js.
COPY --from=node /usr/local/bin/node /usr/local/bin/
COPY --from=node /usr/local/lib/node_modules/npm /usr/local/lib/node_modules/npm
RUN ln -s ../lib/node_modules/npm/bin/npm-cli.js /usr/local/bin/npm

# amd64 or arm64, set by BuildKit. The app is compiled ahead of time for it.
ARG TARGETARCH
WORKDIR /src
# Packages first: this layer is built again only when a version changes.
COPY global.json Directory.Build.props Directory.Packages.props BannedSymbols.txt ./
COPY ChatStream.Web/ChatStream.Web.csproj ChatStream.Web/packages.lock.json ChatStream.Web/Client.targets \
     ChatStream.Web/package.json ChatStream.Web/package-lock.json ChatStream.Web/
RUN dotnet restore ChatStream.Web --locked-mode --arch "$TARGETARCH" --property:Configuration=Release \
 && dotnet msbuild ChatStream.Web -t:InstallClientPackages

COPY .editorconfig appsettings.json ./
COPY ChatStream.Web/ ChatStream.Web/
RUN dotnet publish ChatStream.Web --configuration Release --no-restore --arch "$TARGETARCH" --output /app

FROM mcr.microsoft.com/dotnet/aspnet:10.0
WORKDIR /app
COPY --from=build /app .
# Conversations, and the keys of the cookies: all that must survive.
RUN mkdir /data && chown "$APP_UID" /data
VOLUME /data
ENV ASPNETCORE_HTTP_PORTS=8080 Data__Path=/data
EXPOSE 8080
USER $APP_UID
# No HEALTHCHECK: the image has no program that could ask. Let the orchestrator ask /health/live and /health/ready.
# A stop gives running answers 25 seconds to finish (Generation:DrainFor). Allow 40 before the container is killed.
ENTRYPOINT ["dotnet", "ChatStream.Web.dll"]
