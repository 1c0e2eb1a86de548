# Build: everything; run: compiled code and production packages only, as an ordinary user.
FROM node:22-bookworm-slim AS build
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci --no-audit --no-fund --omit=optional
COPY . .
RUN npm run build && npm prune --omit=dev --omit=optional

FROM node:22-bookworm-slim
ENV NODE_ENV=production
WORKDIR /app
COPY --from=build /app/package.json ./
COPY --from=build /app/node_modules ./node_modules
COPY --from=build /app/dist ./dist
# Mount points: a volume that is new takes their owner over.
RUN mkdir -p /data /secrets/registry /secrets/gateway /secrets/governance /secrets/metrics && chown -R node:node /data /secrets
USER node
# Which part of the mesh this container is, compose says: a subgraph's main.js, its prepare.js, the registry, or the gateway.
ENTRYPOINT ["node"]
CMD ["dist/gateway/commands/main.js", "--help"]
