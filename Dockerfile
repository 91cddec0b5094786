# framegate as an image: `docker build -t framegate .` here, at the root of the repository.
# Settings stand in /etc/framegate/.env, clients in /etc/framegate/clients.toml: docs/deploy.md.
# No test builds it as it stands, for want of a base image: tests/integration/test_image.py runs
# its steps and its command in a sandbox instead, and hadolint reads it.

FROM python:3.11-slim-bookworm AS build
WORKDIR /source
COPY pyproject.toml README.md ./
COPY domain domain
COPY application application
COPY adapters adapters
COPY entrypoints entrypoints
# Everything has a wheel for this base: nothing is compiled, and no compiler is needed. What is
# installed is this folder, and pyproject.toml bounds the versions, which hadolint does not see.
# hadolint ignore=DL3013
RUN python -m venv --without-pip /opt/framegate \
    && pip --python /opt/framegate/bin/python install --no-cache-dir ".[fast]"

FROM python:3.11-slim-bookworm
LABEL org.opencontainers.image.title="framegate" \
      org.opencontainers.image.description="Lets a web page open an iframe once."
COPY --from=build /opt/framegate /opt/framegate
ENV PATH=/opt/framegate/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    CLIENTS_FILE=/etc/framegate/clients.toml \
    HOST=0.0.0.0
# Where framegate looks for .env. It writes nowhere: the root may be read-only.
WORKDIR /etc/framegate
# A number, so that Kubernetes can tell that it is not root. It needs no entry in /etc/passwd.
USER 10001:10001
EXPOSE 8000
STOPSIGNAL SIGTERM
# Alive is enough: starting again would not bring Redis back. With TLS_CERT_FILE, give your own.
HEALTHCHECK --interval=15s --timeout=3s --start-period=10s CMD ["python", "-c", \
    "import os, urllib.request as r; r.urlopen(f\"http://127.0.0.1:{os.environ.get('PORT', 8000)}/livez\", timeout=2)"]
ENTRYPOINT ["framegate"]
CMD ["serve"]
