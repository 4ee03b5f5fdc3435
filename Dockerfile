# One image, two commands: the app (default) and the worker. Built for Debian 12, as the product is tested.
FROM node:24-bookworm-slim AS build
WORKDIR /srv/undercroft
COPY package.json package-lock.json .npmrc ./
RUN npm ci --ignore-scripts --include=dev --no-audit --no-fund
COPY . .
RUN npm run build

FROM node:24-bookworm-slim
RUN apt-get update \
 && apt-get install -y --no-install-recommends ca-certificates rclone redis-server sqlite3 zstd \
 && rm -rf /var/lib/apt/lists/*
WORKDIR /srv/undercroft
ENV NODE_ENV=production NEXT_TELEMETRY_DISABLED=1
COPY --from=build --chown=node:node /srv/undercroft ./
USER node
EXPOSE 3000
CMD ["node", "node_modules/next/dist/bin/next", "start", "-H", "0.0.0.0", "-p", "3000"]
