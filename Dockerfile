# The packages, built apart so that no cache and no installer's leftovers reach the image. With PostgreSQL's own programs
# among them: backup and restore use them.
FROM python:3.11-slim AS packages
COPY requirements-run.txt .
RUN python -m venv /opt/yikou \
    && /opt/yikou/bin/pip install --no-cache-dir --require-hashes --requirement requirements-run.txt

FROM python:3.11-slim
# Both folders belong to the user here, because a new volume begins like what it covers.
RUN useradd --system --uid 10001 --home-dir /var/lib/yikou yikou \
    && install --directory --owner yikou --mode 700 /var/lib/yikou /backup
COPY --from=packages /opt/yikou /opt/yikou
WORKDIR /opt/yikou/app
COPY config config
COPY wechat wechat
COPY models models
COPY notifications notifications
COPY backend backend
COPY miniprogram_api miniprogram_api
# The command of docs/deployment.md, without installing the project itself.
RUN printf '#!/bin/sh\nexec /opt/yikou/bin/python -m miniprogram_api "$@"\n' > /opt/yikou/bin/yikou \
    && chmod 755 /opt/yikou/bin/yikou
ENV PATH=/opt/yikou/bin:$PATH \
    PYTHONPATH=/opt/yikou/app \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    YIKOU_ENV=production \
    YIKOU_HOST=0.0.0.0 \
    YIKOU_VAR_DIR=/var/lib/yikou
USER yikou
VOLUME /var/lib/yikou
EXPOSE 8000
HEALTHCHECK --interval=10s --timeout=3s --start-period=20s \
    CMD ["python", "-c", "import urllib.request as r; r.urlopen('http://127.0.0.1:8000/healthz', timeout=2)"]
ENTRYPOINT ["yikou"]
CMD ["web"]
