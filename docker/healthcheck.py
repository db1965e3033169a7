"""Does the web server of this container answer? Exit code 0 means yes."""

import http.client
import os
import sys
from urllib.parse import urlsplit

# Other names than the public one are refused, so ask by that name.
name = urlsplit(os.environ.get("PUBLIC_URL", "http://localhost")).hostname or "localhost"
connection = http.client.HTTPConnection("127.0.0.1", int(os.environ.get("PORT", "8000")), timeout=4)
try:
    connection.request("GET", "/healthz", headers={"Host": name})
    status = connection.getresponse().status
except OSError as error:
    sys.exit(f"no answer: {error}")
sys.exit(0 if status == 200 else f"answered with status {status}")
