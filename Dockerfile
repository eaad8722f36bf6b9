# The application: `parley serve` and every other `parley` command. The bot has an image of its own, bot/Dockerfile.
# `--target workshop` is the application with the bot's environment beside it: it runs what the studio trains.
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

FROM python:3.11-slim-bookworm AS app
RUN useradd --system --uid 10001 --home-dir /var/lib/parley --create-home parley && install -d -o parley /run/parley
COPY --from=build /parley/.venv /parley/.venv
COPY deploy/entrypoint /usr/local/bin/entrypoint
# What the studio edits: a new volume that is mounted here begins as this.
COPY --chown=parley:parley nlu_data /srv/parley/nlu_data
RUN install -d -o parley /srv/parley/assistants
ENV PARLEY_NLU_DATA=/srv/parley/nlu_data PARLEY_ASSISTANTS=/srv/parley/assistants
ENV PATH=/parley/.venv/bin:$PATH PARLEY_HOME=/var/lib/parley PARLEY_HTTP_HOST=0.0.0.0 PYTHONUNBUFFERED=1
WORKDIR /var/lib/parley
USER parley
EXPOSE 8080
ENTRYPOINT ["entrypoint"]
CMD ["parley", "serve"]

# Rasa 3.6 needs Python 3.10. The training at the end shows that the environment works, and unpacks the encoder.
FROM app AS workshop
USER root
COPY --from=ghcr.io/astral-sh/uv:0.8.22 /uv /usr/local/bin/uv
ENV UV_COMPILE_BYTECODE=1 UV_LINK_MODE=copy UV_PYTHON_INSTALL_DIR=/opt/python
WORKDIR /parley/bot
COPY bot/pyproject.toml bot/uv.lock ./
RUN uv sync --frozen --no-dev --python 3.10
COPY bot ./
RUN .venv/bin/python train.py --data /srv/parley/nlu_data --out /tmp/models && rm -r /tmp/models
ENV PARLEY_BOT_HOME=/parley/bot
WORKDIR /var/lib/parley
USER parley

# Without a target: the application.
FROM app
