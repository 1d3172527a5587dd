# Both apps in one image, so that the API and the worker never disagree about what a sign-up is.
#
#   docker build -t backend-jobs .
#   docker run … backend-jobs                                 the API
#   docker run … backend-jobs node apps/worker/src/main.ts    the worker
#
# An exact tag, of the Node that tools/dev/package.json has for development and tests. A digest would pin it harder
# still; it can only be read from the registry: add it as `@sha256:…` where that is reached.
ARG NODE_IMAGE=node:24.21.0-bookworm-slim

# Only the files that decide about dependencies: a change of any other does not install them anew.
FROM ${NODE_IMAGE} AS manifests
WORKDIR /app
COPY . .
RUN find . -type f ! -name package.json ! -name 'pnpm-*.yaml' ! -name setup.sh -delete && find . -type d -empty -delete

FROM ${NODE_IMAGE} AS dependencies
WORKDIR /app
COPY --from=manifests /app ./
RUN sh tools/setup.sh --prod && rm -r pnpm-*.yaml tools

FROM ${NODE_IMAGE}
WORKDIR /app
ENV NODE_ENV=production HOST=0.0.0.0 HEALTH_PORT=3001
# The workspace keeps its shape, with packages linked and not copied: Node strips no types below a node_modules.
COPY --from=dependencies /app ./
COPY apps apps
COPY packages packages
# All files are root's: the process can't change its own program. It writes none, so a read-only file system will do.
USER node
EXPOSE 3000
# For either app: the API answers on PORT, the worker on HEALTH_PORT. It asks for /livez, since a container that is
# restarted because Redis is away mends nothing.
HEALTHCHECK --interval=10s --timeout=3s --start-period=30s \
  CMD ["node", "-e", "process.exitCode = 1; for (const port of [process.env.PORT ?? 3000, process.env.HEALTH_PORT]) fetch(`http://127.0.0.1:${port}/livez`).then(({ ok }) => ok && process.exit(0), () => {})"]
# No shell in between: SIGTERM has to reach Node.
CMD ["node", "apps/api/src/main.ts"]
