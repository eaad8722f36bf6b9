# The application: `parley serve` and every other `parley` command. The bot has an image of its own, bot/Dockerfile.
FROM python:3.11-slim-bookworm AS build
COPY --from=ghcr.io/astral-sh/uv:0.8.22 /uv /usr/local/bin/uv
ENV UV_COMPILE_BYTECODE=1 UV_LINK_MODE=copy UV_PYTHON_DOWNLOADS=never
WORKDIR /parley
COPY pyproject.toml uv.lock README.md ./
RUN uv sync --frozen --no-dev --no-install-project
COPY connectors connectors
COPY inbox inbox
COPY rehearsal rehearsal
COPY web web
RUN uv sync --frozen --no-dev --no-editable

FROM python:3.11-slim-bookworm
RUN useradd --system --uid 10001 --home-dir /var/lib/parley --create-home parley && install -d -o parley /run/parley
COPY --from=build /parley/.venv /parley/.venv
COPY deploy/entrypoint /usr/local/bin/entrypoint
ENV PATH=/parley/.venv/bin:$PATH PARLEY_HOME=/var/lib/parley PARLEY_HTTP_HOST=0.0.0.0 PYTHONUNBUFFERED=1
WORKDIR /var/lib/parley
USER parley
EXPOSE 8080
ENTRYPOINT ["entrypoint"]
CMD ["parley", "serve"]
