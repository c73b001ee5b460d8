# ngshare 0.6.0 says that it released an assignment and forgets it under SQLAlchemy 2.
FROM python:3.11-slim
RUN python -m pip install --no-cache-dir "ngshare==0.6.0" "sqlalchemy<2"
USER 65535:65535
ENTRYPOINT ["python3", "-m", "ngshare"]
