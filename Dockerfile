# The app on a CPU: docker build -t dlviz . && docker run --rm -p 127.0.0.1:8501:8501 dlviz
FROM python:3.11-slim

# Runs are kept in a volume of their own; /tls is for a cluster's certificates (deploy/compose.yaml).
ENV DLVIZ_RUNS=/runs
RUN useradd --create-home learner && mkdir /runs /tls && chown learner /runs /tls
VOLUME /runs

WORKDIR /dlviz
COPY requirements.txt requirements-cluster.txt ./
# With requirements-cluster.txt: what a class on several machines needs beside.
ARG REQUIREMENTS=requirements.txt
# From PyTorch's own index pip takes the builds without the libraries for a graphics card, some gigabytes less.
RUN pip install --no-cache-dir --extra-index-url https://download.pytorch.org/whl/cpu \
    -r requirements.txt -r $REQUIREMENTS
COPY . .
# The learner may not write here, so what Python would compile at the first start is compiled now.
RUN python -m compileall -q app.py pages dlviz

USER learner
EXPOSE 8501
HEALTHCHECK --start-period=60s --interval=30s --timeout=5s \
    CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://localhost:8501/_stcore/health')"]
# The address is for what the log says: without it Streamlit asks a web service for one, which would lead nowhere.
CMD ["streamlit", "run", "app.py", "--server.address=0.0.0.0", "--browser.serverAddress=localhost"]
