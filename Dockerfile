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
# Diagnostics would write to /tmp, which may be read-only. Only imports need it.
ENV ASPNETCORE_HTTP_PORTS=8080 Data__Path=/data DOTNET_EnableDiagnostics=0
EXPOSE 8080
# A number, so that Kubernetes can see that it is not root.
USER $APP_UID
# The image has no curl. Kubernetes ignores this: its probes are in deploy/kubernetes.yaml.
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s --start-interval=1s CMD ["bash", "-c", \
  "exec 3<>/dev/tcp/127.0.0.1/8080 && printf 'GET /health/ready HTTP/1.0\\r\\n\\r\\n' >&3 && read -r _ status _ <&3 && test \"$status\" = 200"]
# Nothing but /data and /tmp is written: "docker run --read-only --tmpfs /tmp --cap-drop ALL" works.
# The longest stop takes 50 seconds: running answers get 25 of them to finish (Generation:DrainFor). Allow 60 before the container
# is killed: docker run --stop-timeout 60.
ENTRYPOINT ["dotnet", "ChatStream.Web.dll"]
