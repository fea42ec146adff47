"""asyncssh as a client; see worker.py."""
import asyncio

import asyncssh

from worker import answer_requests, read_input


class Interactive(asyncssh.SSHClient):
    def __init__(self, password):
        self.password = password

    def kbdint_auth_requested(self):
        return ""

    def kbdint_challenge_received(self, name, instructions, lang, prompts):
        return [self.password] * len(prompts)


def serve(request):
    return asyncio.run(visit(request))


async def visit(request):
    async with asyncssh.connect("127.0.0.1", request["port"], **options(request)) as connection:
        if request["action"] == "sftp":
            return await transfer(connection, request)
        finished = await connection.run(request["command"], input=read_input(request), encoding=None)
        return (finished.exit_status if finished.exit_status is not None else -1), finished.stdout, finished.stderr


def options(request):
    login = request["login"]
    shared = {
        "username": request["user"],
        "known_hosts": None,
        "config": None,
        "client_keys": None,
        "agent_path": None,
        "preferred_auth": {"password": "password", "interactive": "keyboard-interactive"}.get(login, "publickey"),
        "kex_algs": [name.decode() for name in asyncssh.kex.get_kex_algs() if not name.startswith(b"gss-")],
        "server_host_key_algs": "default",
    }
    if login == "password":
        return {**shared, "password": request["password"]}
    if login == "interactive":
        return {**shared, "client_factory": lambda: Interactive(request["password"])}
    if login == "agent":
        return {**shared, "agent_path": request["agent"], "client_keys": ()}
    key = (request["key"], request["cert"]) if request.get("cert") else request["key"]
    return {**shared, "client_keys": [key]}


async def transfer(connection, request):
    async with connection.start_sftp_client() as sftp:
        await sftp.put(request["local"], request["remote"])
        await sftp.get(request["remote"], request["back"])
    return 0, b"", b""


answer_requests(serve)
