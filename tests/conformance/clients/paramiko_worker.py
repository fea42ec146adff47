"""paramiko as a client; see worker.py."""
import threading

import paramiko

from worker import answer_requests, read_input


def serve(request):
    transport = paramiko.Transport(("127.0.0.1", request["port"]))
    try:
        transport.start_client(timeout=20)
        log_in(transport, request)
        return transfer(transport, request) if request["action"] == "sftp" else execute(transport, request)
    finally:
        transport.close()


def log_in(transport, request):
    user = request["user"]
    if request["login"] == "password":
        transport.auth_password(user, request["password"], fallback=False)
    elif request["login"] == "interactive":
        transport.auth_interactive(user, lambda _title, _text, prompts: [request["password"]] * len(prompts))
    else:
        key = paramiko.PKey.from_path(request["key"])
        if request.get("cert"):
            key.load_certificate(request["cert"])
        transport.auth_publickey(user, key)


def execute(transport, request):
    channel = transport.open_session()
    channel.exec_command(request["command"])
    feeder = threading.Thread(target=feed, args=(channel, read_input(request)))
    feeder.start()
    errors = []
    reader = threading.Thread(target=lambda: errors.append(channel.makefile_stderr("rb").read()))
    reader.start()
    stdout = channel.makefile("rb").read()
    reader.join()
    feeder.join()
    return channel.recv_exit_status(), stdout, errors[0]


def feed(channel, data):
    try:
        channel.sendall(data)
        channel.shutdown_write()
    except OSError:
        pass  # the command reads no more


def transfer(transport, request):
    sftp = paramiko.SFTPClient.from_transport(transport)
    sftp.put(request["local"], request["remote"])
    sftp.get(request["remote"], request["back"])
    sftp.close()
    return 0, b"", b""


answer_requests(serve)
