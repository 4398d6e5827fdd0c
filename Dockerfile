# syntax=docker/dockerfile:1
# The image of the API with the app, its worker and its one-shot commands. Built in stages: what compiles stays behind.

ARG PYTHON_IMAGE=python:3.12-slim-trixie
ARG NODE_IMAGE=node:24-trixie-slim

FROM ${NODE_IMAGE} AS app
WORKDIR /src
COPY clients/app/package.json clients/app/package-lock.json clients/app/.npmrc /src/
RUN npm ci
COPY clients/app /src
RUN node scripts/build.mjs

FROM ${PYTHON_IMAGE} AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1 PYTHONDONTWRITEBYTECODE=1
RUN python -m venv /opt/venv
COPY requirements.txt /src/requirements.txt
# Every package is pinned and its hash checked; a changed file on an index stops the build.
# What installs has no business where it runs.
RUN /opt/venv/bin/pip install --require-hashes -r /src/requirements.txt \
 && /opt/venv/bin/pip uninstall -q -y pip
COPY manage.py gunicorn.conf.py /src/
COPY fintech_app /src/fintech_app
COPY core /src/core
WORKDIR /src
# Static files are collected here, so that the root file system can be read-only later. Source maps, the old
# ReDoc and the unused builds of Swagger UI are most of the bytes and none of the use; what was collected need not be
# there twice.
RUN SECRET_KEY=only-for-collecting-static-files-in-the-build \
    DATA_DIR=/tmp/data STATIC_ROOT=/src/static \
    /opt/venv/bin/python manage.py collectstatic --noinput -v 0 \
      -i '*.map' -i 'redoc-old' -i 'swagger-ui-es-*' \
 && rm -rf core/tests /opt/venv/lib/python3*/site-packages/drf_yasg/static \
 && /opt/venv/bin/python -m compileall -q fintech_app core

FROM ${PYTHON_IMAGE}
# pg_dump and pg_restore, for the backup and restore commands.
RUN apt-get update \
 && apt-get install -y --no-install-recommends postgresql-client \
 && rm -rf /var/lib/apt/lists/* \
 && groupadd --gid 10001 app \
 && useradd --uid 10001 --gid app --no-create-home --shell /usr/sbin/nologin app \
 && install -d -o app -g app /data
COPY --from=build /opt/venv /opt/venv
COPY --from=build /src /app
COPY --from=app /src/dist /app/clients/app/dist
WORKDIR /app
# Large pages for the memory that a password's hash is computed in: a third off a login; see bin/run.
ENV PATH=/opt/venv/bin:$PATH \
    GLIBC_TUNABLES=glibc.malloc.hugetlb=1 \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    DJANGO_SETTINGS_MODULE=fintech_app.settings \
    DATA_DIR=/data \
    STATIC_ROOT=/app/static \
    HOST=0.0.0.0 \
    PORT=8000
USER 10001:10001
VOLUME /data
EXPOSE 8000
HEALTHCHECK --interval=10s --timeout=3s --start-period=20s --retries=3 \
  CMD ["python", "-m", "core.operations.probe", "ready"]
CMD ["gunicorn"]
