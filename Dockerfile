# The packages, built apart so that no compiler and no cache reaches the image.
FROM python:3.11-slim AS packages
COPY requirements.txt .
RUN python -m venv /opt/yikou \
    && /opt/yikou/bin/pip install --no-cache-dir --require-hashes --requirement requirements.txt

FROM python:3.11-slim
RUN useradd --system --uid 10001 --create-home --home-dir /var/lib/yikou yikou
COPY --from=packages /opt/yikou /opt/yikou
WORKDIR /opt/yikou/app
COPY config config
COPY wechat wechat
COPY models models
COPY notifications notifications
COPY backend backend
COPY miniprogram_api miniprogram_api
# The command of docs/deployment.md, without installing the project itself.
RUN printf '#!/bin/sh\nexec python -m miniprogram_api "$@"\n' > /opt/yikou/bin/yikou \
    && chmod 755 /opt/yikou/bin/yikou
ENV PATH=/opt/yikou/bin:$PATH \
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
ENTRYPOINT ["python", "-m", "miniprogram_api"]
CMD ["web"]
