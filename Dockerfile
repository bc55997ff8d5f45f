# One image for web, workers, beat and commands; docker-compose.yml says which is which.
FROM python:3.13-slim

# pg_dump and pg_restore, for `manage.py backup` and `restore`.
RUN apt-get update \
    && apt-get install --yes --no-install-recommends postgresql-common ca-certificates \
    && /usr/share/postgresql-common/pgdg/apt.postgresql.org.sh -y \
    && apt-get install --yes --no-install-recommends postgresql-client-18 \
    && rm -rf /var/lib/apt/lists/* \
    && pip install --no-cache-dir "uv>=0.9,<1"

WORKDIR /app
ENV UV_COMPILE_BYTECODE=1 UV_LINK_MODE=copy UV_PYTHON_DOWNLOADS=never

# The packages change seldom, the code often: two layers.
COPY pyproject.toml uv.lock README.md LICENSE ./
RUN uv sync --frozen --no-default-groups --no-install-project
COPY manage.py ./
COPY site ./site
COPY content ./content
COPY subscribers ./subscribers
COPY campaigns ./campaigns
COPY tasks ./tasks
RUN uv sync --frozen --no-default-groups

# Uploads, renditions and collected static files: the one folder that is written.
RUN useradd --system --uid 1000 --home-dir /data circolare \
    && mkdir -p /data/media /data/renditions /data/static \
    && chown -R circolare:circolare /data
VOLUME /data
ENV PATH="/app/.venv/bin:$PATH" PYTHONUNBUFFERED=1 CIRCOLARE_VAR_DIR=/data

USER circolare
EXPOSE 8000
CMD ["granian", "--interface", "wsgi", "--host", "0.0.0.0", "--port", "8000", "--no-ws", "--blocking-threads", "4", "--workers-kill-timeout", "20", "--static-path-route", "/renditions", "--static-path-mount", "/data/renditions", "circolare.wsgi:application"]
