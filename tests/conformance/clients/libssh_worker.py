"""libssh (by ssh-python) as a client; see worker.py."""
import os

from ssh import options
from ssh.key import copy_cert_to_privkey, import_cert_file, import_privkey_file
from ssh.session import Session

from worker import answer_requests, read_input

CHUNK = 32 * 1024


def serve(request):
    session = Session()
    session.options_set(options.HOST, "127.0.0.1")
    session.options_set_port(request["port"])
    session.options_set(options.USER, request["user"])
    session.options_set(options.PROCESS_CONFIG, "0")
    session.connect()
    try:
        log_in(session, request)
        return transfer(session, request) if request["action"] == "sftp" else execute(session, request)
    finally:
        session.disconnect()


def log_in(session, request):
    if request["login"] == "password":
        session.userauth_password(request["user"], request["password"])
    elif request["login"] == "interactive":
        converse(session, request)
    else:
        key = import_privkey_file(request["key"])
        if request.get("cert"):
            certificate = import_cert_file(request["cert"])
            copy_cert_to_privkey(certificate, key)
        session.userauth_publickey(key)


def converse(session, request):
    """Answers every INFO_REQUEST, also one without prompts, by another call, until the result is not -3 (INFO)."""
    info = 3
    while session.userauth_kbdint(request["user"], "") == info:
        for index in range(session.userauth_kbdint_getnprompts()):
            session.userauth_kbdint_setanswer(index, request["password"].encode())


def execute(session, request):
    channel = session.channel_new()
    channel.open_session()
    channel.request_exec(request["command"])
    data = read_input(request)
    for start in range(0, len(data), CHUNK):
        channel.write(data[start:start + CHUNK])
    channel.send_eof()
    stdout = read_all(channel, False)
    stderr = read_all(channel, True)
    channel.close()
    return channel.get_exit_status(), stdout, stderr


def read_all(channel, is_stderr):
    parts = []
    while True:
        size, data = channel.read(CHUNK, is_stderr=is_stderr)
        if size <= 0:
            return b"".join(parts)
        parts.append(data)


def transfer(session, request):
    sftp = session.sftp_new()
    sftp.init()
    with open(request["local"], "rb") as file:
        data = file.read()
    remote = sftp.open(request["remote"], os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    for start in range(0, len(data), CHUNK):
        remote.write(data[start:start + CHUNK])
    remote.close()
    remote = sftp.open(request["remote"], os.O_RDONLY, 0)
    with open(request["back"], "wb") as file:
        while True:
            size, data = remote.read()
            if size <= 0:
                break
            file.write(data)
    remote.close()
    return 0, b"", b""


answer_requests(serve)
