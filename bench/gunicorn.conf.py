"""Two workers of four threads, whatever the product's default is, so that runs compare."""

import os

wsgi_app = "bench.wsgi:application"
bind = f"127.0.0.1:{os.environ['PORT']}"
worker_class = "gthread"
workers = 2
threads = 4
keepalive = 30
