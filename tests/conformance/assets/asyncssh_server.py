"""asyncssh as a server: arguments: the port, the user, the password file, the authorized keys file and the host key files."""
import asyncio
import sys

import asyncssh

port, user, password_file, authorized_keys, *host_keys = sys.argv[1:]
with open(password_file) as file:
    password = file.read()


class Server(asyncssh.SSHServer):
    def begin_auth(self, username):
        return True

    def password_auth_supported(self):
        return True

    def validate_password(self, username, given):
        return username == user and given == password

    def kbdint_auth_supported(self):
        return True

    def get_kbdint_challenge(self, username, lang, submethods):
        return "", "Two questions", "", [("Password: ", False), ("Again: ", True)]

    def validate_kbdint_response(self, username, responses):
        return username == user and responses == [password, password]


async def serve(process):
    child = await asyncio.create_subprocess_shell(
        process.command, stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE
    )
    await process.redirect(stdin=child.stdin, stdout=child.stdout, stderr=child.stderr)
    await process.stdout.drain()
    status = await child.wait()
    process.exit(status)


async def main():
    kex = [name.decode() for name in asyncssh.kex.get_kex_algs() if not name.startswith(b"gss-")]
    await asyncssh.listen(
        "127.0.0.1", int(port), server_factory=Server, server_host_keys=host_keys, authorized_client_keys=authorized_keys,
        process_factory=serve, encoding=None, kex_algs=kex,
    )
    await asyncio.get_running_loop().create_future()


asyncio.run(main())
