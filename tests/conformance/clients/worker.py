"""Shared code of the Python clients: one JSON request per line on standard input, one JSON response per line on standard output."""
import base64
import json
import sys
import traceback


def answer_requests(serve):
    """Calls serve(request) -> (status, stdout, stderr) for each request; an exception becomes the error of the response."""
    for line in sys.stdin:
        request = json.loads(line)
        reply = {"id": request["id"], "status": -1, "stdout": "", "stderr": "", "error": ""}
        try:
            status, stdout, stderr = (0, b"", b"") if request["action"] == "version" else serve(request)
            reply.update(status=status, stdout=encode(stdout), stderr=encode(stderr))
        except Exception as error:
            reply["error"] = f"{type(error).__name__}: {error}"
            traceback.print_exc()
        print(json.dumps(reply), flush=True)


def encode(data):
    return base64.b64encode(data).decode()


def read_input(request):
    if not request.get("input"):
        return b""
    with open(request["input"], "rb") as file:
        return file.read()
