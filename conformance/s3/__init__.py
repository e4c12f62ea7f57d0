"""S3 on the wire: operations, the one request path, responses, checksums, and what is recorded.

operations.py  each operation's method and subresource, and a request to one of them
recognise.py   the operation that an incoming request asks for
endpoint.py    where requests go, as whom, and how they are signed
client.py      sends, retries and records every request
response.py    one response and the fields S3 puts into it
exchange.py    a request and its response as the results file stores them
redact.py      removes secrets from whatever is stored
checksums.py   Content-MD5 and the x-amz-checksum-* algorithms
"""
