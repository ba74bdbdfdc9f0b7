# The operator's image. `npm run image` builds it with buildah or Docker and brings the finished program along; a plain
# `docker build .` of a checkout makes the program in the first stage. Nothing runs in the last stage, so BASE may be any
# image with glibc and libstdc++, also one without a shell. See docs/image.md.
ARG BASE=debian:bookworm-slim
ARG BUILDER=node:26.10.0-bookworm

FROM ${BUILDER} AS build
WORKDIR /build
COPY . .
RUN test -d program || { npm ci && node_modules/.bin/node scripts/bundle.ts program; }
# Node needs libatomic, which slim bases lack.
RUN lib=usr/lib/$(uname -m)-linux-gnu && mkdir -p program/$lib && cp -L /$lib/libatomic.so.1 program/$lib/

FROM ${BASE}
ARG VERSION=unknown
ARG REVISION=unknown
# restic trusts the system's roots, schedules know time zones; slim bases lack the one or the other.
COPY --from=build /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/ca-certificates.crt
COPY --from=build /usr/share/zoneinfo /usr/share/zoneinfo
COPY --from=build /build/program /
LABEL org.opencontainers.image.title="Dokkerr" \
      org.opencontainers.image.description="Kubernetes operator for containers, backups, migrations and releases" \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}"
ENV NODE_ENV=production HOME=/tmp
WORKDIR /
USER 65532:65532
ENTRYPOINT ["dokkerr"]
