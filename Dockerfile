# Two stages: packages are installed in the first, only what runs is in the second.
FROM python:3.12-slim AS build
WORKDIR /app
COPY requirements.lock .
RUN python3 -m venv /venv \
 && /venv/bin/pip install --no-cache-dir --disable-pip-version-check --require-hashes -r requirements.lock \
 && /venv/bin/pip uninstall --yes --quiet pip \
 && find /venv -name __pycache__ -type d -prune -exec rm -rf {} +

FROM python:3.12-slim
RUN useradd --system --uid 10001 --home-dir /app --shell /usr/sbin/nologin tuowen \
 && mkdir -p /app/var && chown tuowen /app/var
WORKDIR /app
COPY --from=build /venv /venv
COPY bot bot
COPY knowledge knowledge
COPY handlers handlers
COPY db db
COPY LICENSE .
ENV PATH=/venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 TUOWEN_BIND=0.0.0.0:8080
USER tuowen
VOLUME /app/var
EXPOSE 8080
HEALTHCHECK --interval=15s --timeout=5s --start-period=60s --retries=3 \
  CMD ["python3", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8080/healthz', timeout=4)"]
CMD ["python3", "-m", "bot", "run"]
