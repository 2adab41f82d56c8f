# The portal as a container: two stages, nothing to build with in the last one, nobody is root.
FROM python:3.11-slim AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1
WORKDIR /srv/gatefold
RUN python -m venv /opt/gatefold
COPY requirements.lock ./
RUN /opt/gatefold/bin/python -m pip install --require-hashes -r requirements.lock
COPY pyproject.toml README.md LICENSE ./
COPY api ./api
COPY storage ./storage
COPY web ./web
COPY alembic ./alembic
RUN /opt/gatefold/bin/python -m pip install --no-deps --no-build-isolation -e . \
    && /opt/gatefold/bin/python -m compileall -q api storage \
    && /opt/gatefold/bin/python -m pip uninstall -y setuptools pip

FROM python:3.11-slim
# It joins the letters of Arabic titles on pictures of covers; whichever version the base has is good enough.
# hadolint ignore=DL3008
RUN apt-get update && apt-get install -y --no-install-recommends libfribidi0 && rm -rf /var/lib/apt/lists/*
RUN useradd --system --uid 10001 --no-create-home --home-dir /var/lib/gatefold gatefold \
    && install -d -o gatefold -g gatefold -m 0750 /var/lib/gatefold
COPY --from=build /opt/gatefold /opt/gatefold
COPY --from=build /srv/gatefold /srv/gatefold
ENV PATH=/opt/gatefold/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    MALLOC_ARENA_MAX=2 \
    GATEFOLD_DATABASE_URL=sqlite:////var/lib/gatefold/gatefold.db \
    GATEFOLD_STORAGE__ROOT=/var/lib/gatefold/files
WORKDIR /var/lib/gatefold
USER 10001
VOLUME /var/lib/gatefold
EXPOSE 8000
HEALTHCHECK --interval=10s --timeout=5s --start-period=20s \
    CMD ["python", "-c", "from urllib.request import urlopen; urlopen('http://127.0.0.1:8000/healthz', timeout=4)"]
ENTRYPOINT ["gatefold"]
CMD ["serve", "--host", "0.0.0.0"]
