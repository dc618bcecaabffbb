# The same steps as .ci/run: npm ci, then the build that it brings. Digests are pinned by whoever publishes the image.
FROM node:22-slim AS build
WORKDIR /app
COPY package.json package-lock.json tsconfig.json tsconfig.build.json ./
COPY scripts ./scripts
COPY src ./src
# `prepare` builds.
RUN npm ci --no-audit --no-fund
# What runs needs no compiler, no tests, and no PostgreSQL of its own.
RUN npm prune --omit=dev --omit=optional --ignore-scripts --no-audit --no-fund

FROM node:22-slim
ENV NODE_ENV=production HOST=0.0.0.0 PORT=8080 DATA_DIR=/data
WORKDIR /app
COPY --from=build /app/package.json ./
COPY --from=build /app/node_modules ./node_modules
COPY --from=build /app/dist ./dist
COPY schemas ./schemas
COPY views ./views
COPY migrations ./migrations
COPY data/policy ./data/policy
COPY docs/errors ./docs/errors
COPY docs/policy ./docs/policy
COPY examples ./examples
RUN install -d -o node -g node -m 0700 /data
USER node
VOLUME /data
EXPOSE 8080
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s --retries=3 \
  CMD ["node", "-e", "fetch('http://127.0.0.1:' + process.env.PORT + '/readyz').then((a) => process.exit(a.ok ? 0 : 1), () => process.exit(1))"]
# Node is process 1 and takes SIGTERM itself: it drains, then exits 0.
CMD ["node", "--enable-source-maps", "dist/bin/server.js"]
