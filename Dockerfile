# Both apps in one image, so that the API and the worker never disagree about what a sign-up is.
#
#   docker build -t backend-jobs .
#   docker run … backend-jobs                                 the API
#   docker run … backend-jobs node --max-old-space-size-percentage=60 apps/worker/src/main.ts    the worker
#
# The same Node as tools/dev/package.json has for development and tests. To pin the image more strictly, add its digest
# from the registry: `@sha256:…`.
ARG NODE_IMAGE=node:24.21.0-bookworm-slim

# Only the files that determine the dependencies, so that a change to any other file does not install them again.
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
ENV NODE_ENV=production HOST=0.0.0.0 HEALTH_PORT=3001 METRICS_PORT=9464
# The workspace keeps its layout, with packages linked and not copied: Node strips no types below node_modules.
COPY --from=dependencies /app ./
COPY apps apps
COPY packages packages
# All files belong to root, so the process can't change its own program. It writes no files: the file system can be
# read-only.
USER node
EXPOSE 3000
# For both apps: the API answers on PORT, the worker on HEALTH_PORT. It asks for /livez and not for /readyz, because
# restarting a container does not bring Redis back.
HEALTHCHECK --interval=10s --timeout=3s --start-period=30s \
  CMD ["node", "-e", "process.exitCode = 1; for (const port of [process.env.PORT ?? 3000, process.env.HEALTH_PORT]) fetch(`http://127.0.0.1:${port}/livez`).then(({ ok }) => ok && process.exit(0), () => {})"]
# Without a shell in between, so that SIGTERM reaches Node. By itself V8 takes about half of the container's memory for its
# heap (259 MiB of 512), and the garbage collector costs the more the less it is. With 60 % it is 310 MiB; what is left
# is for Node itself and for buffers. NODE_OPTIONS may not hold this option.
CMD ["node", "--max-old-space-size-percentage=60", "apps/api/src/main.ts"]
